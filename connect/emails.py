"""Mails about requests: to Customer Success, to the account's owner, and the digest of what is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts import mail
from accounts.models import User
from connect.models import ConnectRequest, Digest, Entry

Kind = Entry.Kind
TO_CUSTOMER = {
    Kind.ASKED: "connect_asked",
    Kind.WROTE: "connect_wrote",
    Kind.APPROVED: "connect_approved",
    Kind.DECLINED: "connect_declined",
    Kind.SUSPENDED: "connect_suspended",
    Kind.RESTORED: "connect_restored",
    Kind.ADDRESSED: "connect_addressed",
}
TO_STAFF = {Kind.SUBMITTED, Kind.ANSWERED, Kind.WROTE, Kind.WITHDRAWN}
DIGEST_MOST = 100  # requests that one digest lists


def tell(request: ConnectRequest, entry: Entry) -> None:
    """Put the mail about an entry on its way, if there is one."""
    if entry.is_staff and entry.kind in TO_CUSTOMER:
        with _words_of_customer(request) as owner:
            mail.write(owner.email, letter(request, entry))
    elif not entry.is_staff and entry.kind in TO_STAFF:
        what, link = entry.get_kind_display(), _review_link(request)
        _to_staff("connect_news", {"request": request, "entry": entry, "what": what, "link": link})


def preview(request: ConnectRequest, entry: Entry) -> mail.Letter:
    """Return the mail that `tell` would send about an entry that is not stored yet."""
    with _words_of_customer(request):
        return letter(request, entry)


def letter(request: ConnectRequest, entry: Entry) -> mail.Letter:
    context = {
        "request": request,
        "entry": entry,
        "link": mail.link(reverse("connect:request_detail"), request.account),
    }
    said_by_staff = f"{request.workspace_url} {entry.text}"
    return mail.compose(TO_CUSTOMER[Kind(entry.kind)], {"recipient": _owner(request), **context}, trusted=said_by_staff)


def send_digest(now: datetime) -> None:
    """Tell Customer Success what is overdue, once a day, if anything is."""
    overdue = ConnectRequest.objects.overdue(now).urgent_first().select_related("account", "assignee")
    rows = [(request, _review_link(request)) for request in overdue[:DIGEST_MOST]]
    if not rows:
        return
    with transaction.atomic():
        if Digest.objects.get_or_create(day=now.date())[1]:
            queue = mail.link(reverse("admin:connect_connectrequest_changelist"))
            _to_staff("connect_digest", {"rows": rows, "number": overdue.count(), "link": queue})


@contextmanager
def _words_of_customer(request: ConnectRequest) -> Iterator[User]:
    """Speak the language that was asked for, to the account's owner, who alone can open the page of the request."""
    owner = _owner(request)
    with translation.override(request.language), timezone.override(owner.zone):
        yield owner


def _owner(request: ConnectRequest) -> User:
    return User.objects.get(memberships__owned_account=request.account_id)


def _to_staff(template: str, context: dict[str, object]) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        mail.send_to_address(settings.CONNECT_NOTIFY, template, context)


def _review_link(request: ConnectRequest) -> str:
    return mail.link(reverse("admin:connect_connectrequest_change", args=[request.pk]))

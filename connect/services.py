"""What happens to a request: the step itself, its entry in the audit log, and its mail, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.models import Account
from connect import emails
from connect.models import ConnectRequest, Entry, WantedApp
from connect.models.request import StateConflictError

Kind = Entry.Kind
ACTIONS = {
    Kind.SUBMITTED: "connect.requested",
    Kind.REVIEWED: "connect.in_review",
    Kind.ASKED: "connect.question_asked",
    Kind.ANSWERED: "connect.answered",
    Kind.WROTE: "connect.message_written",
    Kind.APPROVED: "connect.granted",
    Kind.DECLINED: "connect.declined",
    Kind.WITHDRAWN: "connect.withdrawn",
    Kind.SUSPENDED: "connect.suspended",
    Kind.RESTORED: "connect.restored",
    Kind.ADDRESSED: "connect.address_changed",
}


@dataclass(frozen=True, slots=True)
class ActingUser:
    """Who acts, and the address they act from."""

    actor: Actor
    ip: str


def submit(request: ConnectRequest, *, account: Account, apps: Iterable[str], by: ActingUser) -> bool:
    """Store a new request; False where the account has a live one already, also from a click at the same time."""
    request.account = account
    try:
        with transaction.atomic():
            audit_log.lock(account)
            entry = request.submit(by=by.actor.user, now=timezone.now())
            WantedApp.objects.bulk_create(WantedApp(request=request, app=app) for app in apps)
            _publish(entry, by)
    except IntegrityError:
        return False
    return True


def perform(
    request: ConnectRequest, step: Callable[[ConnectRequest], Entry], *, by: ActingUser, seen: int | None = None
) -> None:
    """Take a step with the request as it is now.

    Raises `StateConflictError` where it changed since `seen`, the version that the person looked at, or where its
    state does not allow the step any more.
    """
    with transaction.atomic():
        audit_log.lock(request.account)
        current = ConnectRequest.objects.locked(request.pk)
        if seen is not None and seen != current.version:
            raise StateConflictError
        _publish(step(current), by)


def _publish(entry: Entry, by: ActingUser) -> None:
    """Write it into the audit log, which the owner reads, and mail it. What is internal stays out of both."""
    if entry.is_internal:
        return
    request = entry.request
    audit_log.record(
        ACTIONS[Kind(entry.kind)],
        account=request.account,
        actor=by.actor,
        subject=", ".join(request.app_names),
        ip=by.ip,
    )
    emails.tell(request, entry)

"""Tokens that somebody else holds: finding them in text, and ending them (an owner's too, for they are proved lost)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts import mail
from accounts.audit import log as audit_log
from accounts.models import Account, Membership
from tokens import token_format
from tokens.audit_snapshot import facts_of, subject_of
from tokens.models import PersonalAccessToken


def find(text: str) -> Iterator[str]:
    """Yield what has the form and the checksum of a token."""
    for match in token_format.PATTERN.finditer(text):
        if token_format.is_well_formed(match[0]):
            yield match[0]


def revoke(found: Collection[str], *, ip: str | None, now: datetime) -> None:
    """End the tokens that were found and are live; tell their users and the owners. `ip` is who showed them."""
    shown = PersonalAccessToken.objects.filter(
        digest__in=[digest for text in found for digest in token_format.digests(text)]
    )
    with transaction.atomic():
        for account in Account.objects.filter(memberships__tokens__in=shown.live(now)).distinct().order_by("pk"):
            audit_log.lock(account)  # each before any token, in one order, so that nobody waits in a ring
        for token in shown.live(now).with_people().order_by("pk"):
            token.revoke(by=None, now=now, reason=PersonalAccessToken.Reason.LEAKED)
            subject, detail = subject_of(token), facts_of(token)
            audit_log.record("token.leaked", account=token.account, actor=None, subject=subject, detail=detail, ip=ip)
            _tell(token)


def _tell(token: PersonalAccessToken) -> None:
    owner = Membership.objects.select_related("user").get(owned_account=token.account)
    people = {person.pk: person for person in (token.membership.user, owner.user)}
    link = mail.link(reverse("tokens:token_detail", args=[token.pk]), token.account)
    for person in people.values():
        mail.send("token_leaked", to=person, context={"token": token, "link": link})

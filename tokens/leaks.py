"""Tokens in the wrong hands: finding them in text, and ending them (an owner's too, for they are proved lost)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from celery import current_app
from django.db import connection, transaction
from django.urls import reverse
from kombu.exceptions import OperationalError

from accounts import mail
from accounts.audit import log as audit_log
from accounts.models import Account, Membership
from tokens import token_format
from tokens.audit_snapshot import facts_of, subject_of
from tokens.models import LeakReport, PersonalAccessToken

REVOKE = "tokens.tasks.revoke_reported"
logger = logging.getLogger(__name__)


def find(text: str) -> Iterator[str]:
    """Yield what has the form and the checksum of a token."""
    for match in token_format.PATTERN.finditer(text):
        if token_format.is_well_formed(match[0]):
            yield match[0]


def report(texts: Iterable[str], *, ip: str | None) -> None:
    """Write down what looks like a token in each text. A worker revokes: how long this takes tells nothing."""
    found = {next(find(text), "") for text in texts} - {""}
    digests = [digest for text in sorted(found) for digest in token_format.digests(text)]
    LeakReport.objects.create(digests=digests, ip=ip)
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    try:
        current_app.send_task(REVOKE, retry=False)
    except OperationalError as error:
        logger.warning("The broker took no report (%s); it is read within a minute.", type(error).__name__)


def revoke_reported(now: datetime) -> None:
    """Revoke what was reported, each report in a transaction of its own."""
    for pk in LeakReport.objects.values_list("pk", flat=True)[:1000]:
        with transaction.atomic():
            waiting = LeakReport.objects.select_for_update(
                skip_locked=connection.features.has_select_for_update_skip_locked
            )
            if reported := waiting.filter(pk=pk).first():
                revoke(reported.digests, ip=reported.ip, now=now)
                reported.delete()


def revoke(digests: Collection[str], *, ip: str | None, now: datetime) -> None:
    """Revoke the tokens of these digests that are live; tell their users and the owners. `ip` is who showed them."""
    shown = PersonalAccessToken.objects.filter(digest__in=digests)
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

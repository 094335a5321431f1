"""Real tokens that are refused: counted, shown on the token's page, audited and told once a day.

A process writes a flood of them in part and adds the rest to a later write: the holder of an old token must not be
able to keep the database busy.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F
from django.urls import reverse

from accounts import mail
from accounts.audit import log as audit_log
from accounts.models import Membership
from tokens.audit_snapshot import subject_of
from tokens.models import PersonalAccessToken, TokenRefusal

WRITES = 30  # of a process, for each token and reason, within
WITHIN = 60  # seconds
KEPT = timedelta(days=90)
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Budget:
    """How often this process wrote of late, and what it has not written yet."""

    since: dict[tuple[int, str], float] = field(default_factory=dict)
    writes: Counter[tuple[int, str]] = field(default_factory=Counter)
    unwritten: Counter[tuple[int, str]] = field(default_factory=Counter)

    def take(self, key: tuple[int, str]) -> int:
        """Return how many refusals to write now; none where enough was written."""
        now = time.monotonic()
        if now - self.since.get(key, now - WITHIN) >= WITHIN:
            self.since[key], self.writes[key] = now, 0
        self.writes[key] += 1
        self.unwritten[key] += 1
        return self.unwritten.pop(key) if self.writes[key] <= WRITES else 0


_budget = _Budget()


def note(token: PersonalAccessToken, reason: str, *, address: str | None, agent: str, now: datetime) -> None:
    """Write down that a request with the token was refused; an answer never waits for, or fails by, this."""
    number = _budget.take((token.pk, reason))
    if not number:
        return
    day = now.astimezone(UTC).date()
    rows = TokenRefusal.objects.filter(token=token, day=day, reason=reason)
    seen = {"last_at": now, "last_address": address, "last_agent": agent}
    try:
        if not rows.update(count=F("count") + number, **seen):
            _begin(token, TokenRefusal(token=token, day=day, reason=reason, count=number, **seen))
    except DatabaseError as error:
        logger.warning("A refused token could not be noted (%s).", type(error).__name__)


def _begin(token: PersonalAccessToken, refusal: TokenRefusal) -> None:
    """Store the first of a day, audit it, and tell the people of the token once a day."""
    with transaction.atomic():
        audit_log.lock(token.account)
        rows = TokenRefusal.objects.filter(token=token, day=refusal.day)
        is_told = rows.exists()
        seen = {"last_at": refusal.last_at, "last_address": refusal.last_address, "last_agent": refusal.last_agent}
        if rows.filter(reason=refusal.reason).update(count=F("count") + refusal.count, **seen):
            return
        refusal.save()
        audit_log.record(
            "token.refused",
            account=token.account,
            actor=None,
            subject=subject_of(token),
            detail={"reason": refusal.reason, "software": refusal.last_agent},
            ip=refusal.last_address,
        )
        if not is_told:
            _tell(token, refusal)


def _tell(token: PersonalAccessToken, refusal: TokenRefusal) -> None:
    link = mail.link(reverse("tokens:token_detail", args=[token.pk]), token.account)
    owners = Membership.objects.select_related("user").filter(owned_account=token.account)
    people = {member.user.pk: member.user for member in owners}
    if token.membership.state == Membership.State.ACTIVE:
        people[token.membership.user.pk] = token.membership.user
    for person in people.values():
        mail.send("token_refused", to=person, context={"token": token, "refusal": refusal, "link": link})


def forget(now: datetime) -> None:
    TokenRefusal.objects.filter(last_at__lt=now - KEPT).delete()

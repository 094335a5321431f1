from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actors import Actor
from accounts.audit import log as audit_log
from tokens.audit_snapshot import subject_of
from tokens.models import PersonalAccessToken


def retire_predecessor(token: PersonalAccessToken, *, actor: Actor, ip: str | None, now: datetime) -> None:
    """End the token that waits for the first use of its successor, and those that wait in turn for its own, once."""
    with transaction.atomic():
        audit_log.lock(token.account)
        # Of several first uses at once, the one whose moment is later may have come first.
        unended = Q(superseded_at=None) | Q(superseded_at__gt=max(now, timezone.now()))
        waiting = PersonalAccessToken.objects.with_people().filter(unended, successor=token).first()
        for old in waiting.supersede(now) if waiting else ():
            audit_log.record("token.superseded", account=token.account, actor=actor, subject=subject_of(old), ip=ip)

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from tokens.facts import subject_of
from tokens.models import PersonalAccessToken


def retire_predecessor(token: PersonalAccessToken, *, actor: Actor, ip: str | None, now: datetime) -> None:
    """End the token that waits for the first use of its successor, once."""
    waiting = PersonalAccessToken.objects.filter(pk=token.predecessor_id, superseded_at=None, revoked_at=None)
    with transaction.atomic():
        if waiting.update(superseded_at=now):
            old = PersonalAccessToken.objects.with_people().get(pk=token.predecessor_id)
            audit.record("token.superseded", account=token.account, actor=actor, subject=subject_of(old), ip=ip)

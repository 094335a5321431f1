"""Which tokens are meant, by name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone

from accounts import rights
from accounts.models import Account, Membership
from tokens import token_format

GRACE = timedelta(days=7)  # left to tokens that a new longest life would end at once, so that mails go out first


class TokenQuerySet(models.QuerySet[Any]):
    def of(self, membership: Membership) -> TokenQuerySet:
        return self.filter(membership=membership)

    def in_account(self, account: Account) -> TokenQuerySet:
        return self.filter(membership__account=account)

    def visible_to(self, member: Membership) -> TokenQuerySet:
        """Return the tokens that a member may look at: their own, and everybody's where they manage users (R-U2)."""
        if rights.may_manage_users(member):
            return self.in_account(member.account)
        return self.of(member) if rights.may_use_api(member) else self.none()

    def live(self, now: datetime | None = None) -> TokenQuerySet:
        now = now or timezone.now()
        lasting = Q(expires_at=None) | Q(expires_at__gt=now)
        unreplaced = Q(superseded_at=None) | Q(superseded_at__gt=now)
        return self.filter(lasting, unreplaced, revoked_at=None)

    def ending_before(self, moment: datetime) -> TokenQuerySet:
        """Return live tokens that expire by then and were not replaced, or only by one that was deleted."""
        alone = Q(successor=None) | Q(successor__revoked_at__isnull=False)
        return self.live().filter(alone, expires_at__lte=moment, superseded_at=None)

    def live_first(self, now: datetime) -> TokenQuerySet:
        rank = Case(When(pk__in=self.live(now).order_by().values("pk"), then=0), default=1)
        return self.alias(rank=rank).order_by("rank", "-created_at", "-pk")

    def with_people(self) -> TokenQuerySet:
        return self.select_related("membership__account", "membership__user")

    def of_old_peppers(self) -> TokenQuerySet:
        return self.exclude(digest__startswith=token_format.current_version())

    def cap_expiry(self, days: int, now: datetime) -> int:
        """Cut live tokens to a life of so many days, leaving each `GRACE` from now; return how many were cut."""
        cut: list[Any] = []
        for token in self.live(now):
            latest = max(token.created_at + timedelta(days=days), now + GRACE)
            if token.expires_at is None or token.expires_at > latest:
                token.expires_at = latest
                cut.append(token)
        return self.model.objects.bulk_update(cut, ["expires_at"], batch_size=500)

"""What Customer Success may know of an account that asks: numbers, never a secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Membership
from connect.models import ConnectRequest

SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    owner: Membership | None
    users: int
    webhooks: int
    webhooks_on: int
    tokens: int
    tokens_used: int  # in the last 30 days
    requests: int  # to the API, served in the last 30 days
    refused: int  # by the limit, in the same time
    earlier: list[ConnectRequest]


def facts_of(request: ConnectRequest) -> AccountFacts:
    account, now = request.account, timezone.now()
    use = account.api_hours.filter(hour__gte=now - SPAN).aggregate(served=Sum("served"), refused=Sum("refused"))
    tokens = apps.get_model("tokens", "PersonalAccessToken").objects.in_account(account).live(now)
    others = ConnectRequest.objects.of(account).exclude(pk=request.pk).prefetch_related("wanted_apps")
    return AccountFacts(
        owner=Membership.objects.of(account).filter(owned_account=account).first(),
        users=account.memberships.active().count(),
        webhooks=account.webhooks.not_deleted().count(),
        webhooks_on=account.webhooks.active().count(),
        tokens=tokens.count(),
        tokens_used=tokens.filter(last_used_at__gte=now - SPAN).count(),
        requests=use["served"] or 0,
        refused=use["refused"] or 0,
        earlier=list(others[:20]),
    )

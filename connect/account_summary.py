"""What Customer Success may know of an account that asks: numbers, never a secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.figures import figures_of
from accounts.models import Membership
from connect.models import ConnectRequest

SPAN = timedelta(days=30)  # what is counted over time


@dataclass(frozen=True, slots=True)
class AccountFacts:
    owner: Membership | None
    figures: dict[str, int]
    earlier: list[ConnectRequest]


def facts_of(request: ConnectRequest) -> AccountFacts:
    account = request.account
    others = ConnectRequest.objects.of(account).exclude(pk=request.pk).prefetch_related("wanted_apps")
    return AccountFacts(
        owner=Membership.objects.of(account).filter(owned_account=account).first(),
        figures=figures_of(account, timezone.now() - SPAN),
        earlier=list(others[:20]),
    )

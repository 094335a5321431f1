"""The look-back: how many events of the last days a choice of events and projects would have sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from accounts.models import Account, Project
from webhooks.events import WEBHOOK_TEST
from webhooks.models import Event

DAYS = 7


@dataclass(frozen=True, slots=True)
class Preview:
    matching: int
    total: int


def look_back(account: Account, *, events: list[str], projects: list[Project] | None, now: datetime) -> Preview:
    """Count in one query; `projects` is None for all of them."""
    chosen = Q(type__in=events)
    if projects is not None:
        chosen &= Q(project__in=projects)
    recent = Event.objects.filter(account=account, created_at__gte=now - timedelta(days=DAYS))
    counts = recent.exclude(type=WEBHOOK_TEST).aggregate(total=Count("pk"), matching=Count("pk", filter=chosen))
    return Preview(counts["matching"], counts["total"])

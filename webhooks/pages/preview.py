"""The look-back: how many events of the last days a choice of events, projects and conditions would have sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from accounts.models import Account, Project
from webhooks.conditions import Conditions, holds
from webhooks.events import TICKET_UPDATED, WEBHOOK_TEST
from webhooks.models import Event
from webhooks.models.event import EventQuerySet

DAYS = 7
NEWEST = 20_000  # events that conditions look at


@dataclass(frozen=True, slots=True)
class Preview:
    matching: int
    total: int


def look_back(
    account: Account,
    *,
    events: list[str],
    projects: list[Project] | None,
    now: datetime,
    conditions: Conditions | None = None,
) -> Preview:
    """Count in one query; `projects` is None for all of them. Conditions are asked of the newest events alone."""
    chosen = Q(type__in=events)
    if projects is not None:
        chosen &= Q(project__in=projects)
    recent = Event.objects.filter(account=account, created_at__gte=now - timedelta(days=DAYS))
    recent = recent.exclude(type=WEBHOOK_TEST)
    if conditions:
        return _by_conditions(recent, events, projects, conditions)
    counts = recent.aggregate(total=Count("pk"), matching=Count("pk", filter=chosen))
    return Preview(counts["matching"], counts["total"])


def _by_conditions(
    recent: EventQuerySet, events: list[str], projects: list[Project] | None, conditions: Conditions
) -> Preview:
    ids = None if projects is None else {project.pk for project in projects}
    rows = list(recent.order_by("-created_at").values_list("type", "project", "ticket")[:NEWEST])
    matching = sum(
        event_type in events
        and (ids is None or project in ids)
        and holds(conditions, ticket, is_update=event_type == TICKET_UPDATED)
        for event_type, project, ticket in rows
    )
    return Preview(matching, len(rows))

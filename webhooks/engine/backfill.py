"""What a new or changed webhook missed: the account's events of before, by its own choice of events and conditions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from webhooks.models import Delivery, Event, Webhook
from webhooks.models.event import EventQuerySet

SCAN = 1000  # events that a batch looks at


@dataclass(frozen=True, slots=True)
class Found:
    """How many events there are to send, and the key of the newest."""

    matching: int
    last_pk: int


def find(webhook: Webhook, since: datetime) -> Found:
    """Count what a backfill would send. Events that the webhook has a delivery of are left out."""
    matching = last_pk = 0
    events = _candidates(webhook, since).values_list("pk", "type", "ticket")
    if not webhook.conditions:
        newest = events.order_by("-pk").first()
        return Found(events.count(), newest[0] if newest else 0)
    for pk, event_type, ticket in events.order_by("pk").iterator():
        if webhook.wants(event_type, ticket):
            matching, last_pk = matching + 1, pk
    return Found(matching, last_pk)


def next_events(webhook: Webhook, *, since: datetime, after: int, limit: int) -> tuple[list[Event], int]:
    """Return the next events to send, in order, and the key up to which all were looked at."""
    scanned = list(_candidates(webhook, since).filter(pk__gt=after).defer("body").order_by("pk")[:SCAN])
    found = [event for event in scanned if webhook.wants(event.type, event.ticket)]
    if len(found) > limit:
        return found[:limit], found[limit - 1].pk
    if len(scanned) < SCAN:
        return found, NOTHING_LEFT
    return found, scanned[-1].pk


NOTHING_LEFT = 2**63 - 1


def _candidates(webhook: Webhook, since: datetime) -> EventQuerySet:
    had = Delivery.objects.filter(webhook=webhook, event=OuterRef("pk"))
    events = Event.objects.filter(account=webhook.account_id, created_at__gte=since, type__in=webhook.events)
    if not webhook.all_projects:
        events = events.filter(project__in=webhook.projects.all())
    return events.exclude(Exists(had))

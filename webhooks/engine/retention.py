"""Forgetting: what is finished and older than the retention goes, in small batches, so that nobody waits for it.

What still waits, or is held within its time, stays, whatever its age. What is held beyond the retention expires.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from webhooks.engine import jobs
from webhooks.models import Attempt, Delivery, Event, HourlyStats, Job, SigningSecret, Webhook

BATCH = 1000
BATCHES_A_RUN = 50


def purge_expired(now: datetime) -> int:
    """Delete old rows, at most `BATCH` × `BATCHES_A_RUN` events; return how many events went."""
    limit = now - timedelta(days=settings.WEBHOOK_RETENTION_DAYS)
    for webhook in Webhook.objects.filter(Exists(Delivery.objects.held_since_before(limit, OuterRef("pk")))):
        while jobs.expire(webhook, Delivery.objects.held_since_before(limit, webhook), now):
            pass
    HourlyStats.objects.filter(hour__lt=limit - timedelta(days=1)).delete()
    SigningSecret.objects.filter(expires_at__lt=limit).delete()
    clearing = Job.objects.filter(webhook=OuterRef("pk"), kind=Job.Kind.DELETE)
    for webhook in Webhook.objects.exclude(deleted_at=None).exclude(Exists(clearing)):
        jobs.clear_later(webhook, now)
    gone = 0
    for _ in range(BATCHES_A_RUN):
        batch = _delete_batch(limit)
        gone += batch
        if batch < BATCH:
            break
    return gone


def _delete_batch(limit: datetime) -> int:
    """Delete the oldest events with all that hangs on them.

    They are looked at a second time under a lock, since a person may just have asked to send one again.
    """
    with transaction.atomic():
        oldest = _purgeable(limit).order_by("pk")[:BATCH]
        locked = [event.pk for event in oldest.only("pk").select_for_update(of=("self",), skip_locked=True)]
        events = list(_purgeable(limit).filter(pk__in=locked).values_list("pk", flat=True))
        _delete(list(Delivery.objects.filter(event__in=events).values_list("pk", flat=True)))
        Event.objects.filter(pk__in=events).delete()
    return len(events)


def _delete(deliveries: list[int]) -> None:
    Attempt.objects.filter(delivery__in=deliveries).delete()
    Delivery.objects.filter(pk__in=deliveries).delete()


def _purgeable(limit: datetime) -> QuerySet[Event]:
    unfinished = Delivery.objects.open().filter(event=OuterRef("pk"))
    recent = Delivery.objects.filter(event=OuterRef("pk"), finished_at__gte=limit)
    return Event.objects.filter(created_at__lt=limit).exclude(Exists(unfinished)).exclude(Exists(recent))

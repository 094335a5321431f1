"""Claims on deliveries, and on the right to drain a webhook: conditional updates with a lease.

A worker writes only where the lease is still its own. A worker that dies leaves rows that are due again when
the lease is over.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from webhooks.models import Delivery, Webhook
from webhooks.models.delivery_queries import DeliveryQuerySet
from webhooks.models.webhook_queries import WebhookQuerySet

LEASE = timedelta(seconds=60)  # longer than a claim can last: see engine.drain
# A lease that ends further off than this, before or after, tells of a clock that moved.
CLOCK_SKEW = timedelta(seconds=60)
URGENT_AT_ONCE = 5  # of what a person asked for


def acquire_drain_lease(webhook_id: int, lease: uuid.UUID, now: datetime) -> Webhook | None:
    """Become the one that drains the webhook, and clear its wake-up; None while another drain holds the lease."""
    webhooks = Webhook.objects.filter(pk=webhook_id)
    free = Q(drain_lease=None) | Q(drained_until__gte=now - CLOCK_SKEW, drained_until__lt=now) | Q(drain_lease=lease)
    if not webhooks.filter(free).update(drain_lease=lease, drained_until=now + LEASE, wakeup_queued_at=None):
        _restart_doubtful_lease(webhooks, now)
        return None
    return Webhook.objects.prefetch_related("headers", "secrets").filter(pk=webhook_id).first()


def _restart_doubtful_lease(webhooks: WebhookQuerySet, now: datetime) -> None:
    """Let a lease count from now, since a clock that moved says nothing on whether its holder still lives."""
    doubtful = Q(drained_until__lt=now - CLOCK_SKEW) | Q(drained_until__gt=now + LEASE + CLOCK_SKEW)
    webhooks.filter(doubtful).update(drained_until=now + LEASE)


def release_drain_lease(webhook_id: int, lease: uuid.UUID, *, force: bool = False) -> bool:
    """Stop draining. False where the webhook was woken since: then there is more to do."""
    ours = Webhook.objects.filter(pk=webhook_id, drain_lease=lease)
    asleep = ours if force else ours.filter(wakeup_queued_at=None)
    return bool(asleep.update(drain_lease=None, drained_until=None)) or not ours.exists()


def claim(webhook: Webhook, lease: uuid.UUID, now: datetime, limit: int) -> list[Delivery]:
    """Claim what a person asked for; else up to `limit` due deliveries, the oldest first. With their events."""
    if not webhook.is_active:
        return []
    with transaction.atomic():
        due = Delivery.objects.due(now).filter(webhook=webhook)
        batch = _locked(due.urgent(), URGENT_AT_ONCE)
        if limit and not batch:
            batch = _locked(Delivery.objects.claimable(webhook, now), limit)
        mine = Delivery.objects.filter(pk__in=[delivery.pk for delivery in batch])
        mine.update(lease=lease, next_attempt_at=now + LEASE)
    return batch


def _locked(deliveries: DeliveryQuerySet, limit: int) -> list[Delivery]:
    loaded = deliveries.select_related("event").only(
        "status", "attempt_count", "origin", "is_urgent", "order_key", "event__uid", "event__body"
    )
    return list(loaded.order_by("next_attempt_at", "pk").select_for_update(of=("self",), skip_locked=True)[:limit])


def reschedule_after_clock_jump(now: datetime) -> None:
    """Reschedule deliveries whose next attempt lies beyond any possible lease: the clock was moved back."""
    Delivery.objects.scheduled_after(now + LEASE + CLOCK_SKEW).update(next_attempt_at=now + LEASE)


def release(webhook: Webhook, deliveries: Collection[Delivery], lease: uuid.UUID, now: datetime) -> None:
    """Give back what was claimed and not sent; where the webhook has been switched off, it is held at once."""
    if deliveries:
        ours = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries], lease=lease)
        ours.update(lease=None, next_attempt_at=now)
        Delivery.objects.pending_on_inactive(now).filter(webhook=webhook).hold()

"""Claims on deliveries, and on the right to drain a webhook: conditional updates with a lease.

Whoever holds a lease writes only where the lease is still theirs. Whoever dies leaves rows that are due again when
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
from webhooks.models.webhook import WebhookQuerySet

LEASE = timedelta(seconds=60)  # longer than a batch can last: see webhooks.drain
DOUBT = timedelta(seconds=60)  # a lease that ends further off than this, before or after, tells of a clock that moved

URGENT_AT_ONCE = 5  # of what a person asked for


def take_webhook(webhook_id: int, lease: uuid.UUID, now: datetime) -> Webhook | None:
    """Become the one who drains the webhook and answer its wake-up; None where another one is at it."""
    webhooks = Webhook.objects.filter(pk=webhook_id)
    free = Q(drain_lease=None) | Q(drained_until__gte=now - DOUBT, drained_until__lt=now) | Q(drain_lease=lease)
    if not webhooks.filter(free).update(drain_lease=lease, drained_until=now + LEASE, woken_at=None):
        _begin_doubtful_lease_again(webhooks, now)
        return None
    return Webhook.objects.prefetch_related("headers", "secrets").filter(pk=webhook_id).first()


def _begin_doubtful_lease_again(webhooks: WebhookQuerySet, now: datetime) -> None:
    """Let a lease count from now, since a clock that moved says nothing on whether its holder still lives."""
    doubtful = Q(drained_until__lt=now - DOUBT) | Q(drained_until__gt=now + LEASE + DOUBT)
    webhooks.filter(doubtful).update(drained_until=now + LEASE)


def leave_webhook(webhook_id: int, lease: uuid.UUID, *, even_if_woken: bool = False) -> bool:
    """Stop draining. False where the webhook was woken meanwhile: then there is more to do."""
    ours = Webhook.objects.filter(pk=webhook_id, drain_lease=lease)
    asleep = ours if even_if_woken else ours.filter(woken_at=None)
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


def bring_forward(now: datetime) -> None:
    """Let what would wait because the clock was moved back be due when whoever may be sending it is done."""
    Delivery.objects.ahead_of(now + LEASE + DOUBT).update(next_attempt_at=now + LEASE)


def release(webhook: Webhook, deliveries: Collection[Delivery], lease: uuid.UUID, now: datetime) -> None:
    """Give back what was claimed and not sent; where the webhook was switched off meanwhile, it is held at once."""
    if deliveries:
        ours = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries], lease=lease)
        ours.update(lease=None, next_attempt_at=now)
        Delivery.objects.left_waiting(now).filter(webhook=webhook).hold()

"""Writing down what came of a batch: in a few queries, and only where the lease still holds."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction

from webhooks.engine import alerts
from webhooks.engine.leases import LEASE
from webhooks.http.client import Outcome
from webhooks.models import Attempt, Delivery, Hour, Webhook
from webhooks.models.health import LEARNED, Try

PAUSE = 0.5  # seconds
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery that was sent, and what came of it. `head` is the request's, fit to be shown."""

    delivery: Delivery
    started_at: datetime
    head: str
    outcome: Outcome


def record(webhook: Webhook, batch: Collection[Sent], lease: uuid.UUID, now: datetime) -> None:
    """Insert an attempt for each delivery, move the deliveries on, and let the webhook learn from it.

    Where the database fails, try again for as long as a lease: what is sent and not recorded is sent once more.
    """
    ends = time.monotonic() + LEASE.total_seconds()
    counts = [sent.delivery.attempt_count for sent in batch]
    while True:
        try:
            return _record(webhook, batch, lease, now)
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block or time.monotonic() > ends:
                raise
            logger.warning("The database failed while attempts were recorded; trying again.")
        time.sleep(PAUSE)
        for sent, count in zip(batch, counts, strict=True):
            sent.delivery.attempt_count = count


def _record(webhook: Webhook, batch: Collection[Sent], lease: uuid.UUID, now: datetime) -> None:
    with transaction.atomic():
        ids = [sent.delivery.pk for sent in batch]
        held = set(Delivery.objects.select_for_update().filter(pk__in=ids, lease=lease).values_list("pk", flat=True))
        ours = [sent for sent in batch if sent.delivery.pk in held]
        if not ours:
            return
        webhook.lock("state", "deleted_at", "told", *LEARNED)
        repeats = _repeats(webhook, ours)
        for sent in ours:
            sent.delivery.move_on(sent.outcome, now)
        _save([sent.delivery for sent in ours], now)
        Hour.objects.add(webhook, [sent.outcome for sent in ours], now)
        Attempt.objects.bulk_create(_attempt(webhook, sent) for sent in ours)
        tries = [Try(one.delivery.attempt_count, one.outcome, one.delivery.pk in repeats) for one in ours]
        webhook.learn(tries, now)
        if webhook.deleted_at is None and any(sent.outcome.is_gone for sent in ours):
            webhook.disable()
            alerts.tell_disabled(webhook, is_gone=True)
        elif webhook.is_active and webhook.failing_since is None:
            alerts.tell_recovered(webhook)


def _repeats(webhook: Webhook, batch: Collection[Sent]) -> set[int]:
    """Return the deliveries that fail now and did before, since the receiver took the last one."""
    again = [sent.delivery.pk for sent in batch if sent.delivery.attempt_count and not sent.outcome.succeeded]
    if not again or webhook.failing_since is None or webhook.is_failing:
        return set()
    before = Attempt.objects.filter(delivery__in=again, started_at__gte=webhook.failing_since - LEASE)
    return set(before.values_list("delivery", flat=True))


def _save(deliveries: list[Delivery], now: datetime) -> None:
    """Save first successes, the common case, in one plain update; the rest in one with a case for each row."""
    plain, rest = list[Delivery](), list[Delivery]()
    for delivery in deliveries:
        first_success = delivery.status == Delivery.Status.DELIVERED and delivery.attempt_count == 1
        (plain if first_success else rest).append(delivery)
    if plain:
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in plain]).update(
            status=Delivery.Status.DELIVERED, attempt_count=1, next_attempt_at=None, lease=None, finished_at=now
        )
    if rest:
        fields = ["status", "attempt_count", "next_attempt_at", "lease", "finished_at"]
        Delivery.objects.bulk_update(rest, fields)


def _attempt(webhook: Webhook, sent: Sent) -> Attempt:
    return Attempt(
        delivery=sent.delivery,
        number=sent.delivery.attempt_count,
        started_at=sent.started_at,
        duration_ms=sent.outcome.duration_ms,
        dns_ms=sent.outcome.timings.get("dns"),
        connect_ms=sent.outcome.timings.get("connect"),
        tls_ms=sent.outcome.timings.get("tls"),
        wait_ms=sent.outcome.timings.get("wait"),
        url=webhook.url,
        request_head=sent.head,
        status_code=sent.outcome.status_code,
        error=sent.outcome.fault or "",
        response_head=sent.outcome.head,
        response_excerpt=sent.outcome.excerpt,
    )

"""Writing down what came of a batch: in a few queries, and only where the lease still holds."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg import sql

from webhooks.engine import alerts, jobs
from webhooks.engine.leases import LEASE
from webhooks.engine.sender import Result
from webhooks.http.outcome import Outcome
from webhooks.models import Attempt, Delivery, HourlyStats, Webhook
from webhooks.models.health import HEALTH

PAUSE = 0.5  # seconds
logger = logging.getLogger(__name__)


def record(webhook: Webhook, batch: Collection[Result], lease: uuid.UUID, now: datetime) -> None:
    """Insert an attempt for each delivery, move the deliveries on, and let the webhook learn from it.

    Where the database fails, try again for as long as a lease: what is sent and not recorded is sent once more.
    """
    ends = time.monotonic() + LEASE.total_seconds()
    counts = [delivery.attempt_count for delivery, _ in batch]
    while True:
        try:
            return _record(webhook, batch, lease, now)
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block or time.monotonic() > ends:
                raise
            logger.warning("The database failed while attempts were recorded; trying again.")
        time.sleep(PAUSE)
        for (delivery, _), count in zip(batch, counts, strict=True):
            delivery.attempt_count = count


def _record(webhook: Webhook, batch: Collection[Result], lease: uuid.UUID, now: datetime) -> None:
    with transaction.atomic():
        ids = [delivery.pk for delivery, _ in batch]
        held = set(Delivery.objects.select_for_update().filter(pk__in=ids, lease=lease).values_list("pk", flat=True))
        ours = [result for result in batch if result[0].pk in held]
        if not ours:
            return
        webhook.lock("state", "deleted_at", "last_alert", *HEALTH)
        ours = _numbered(webhook, ours)
        for delivery, outcome in ours:
            delivery.record_attempt(outcome, now)
        outcomes = [outcome for _, outcome in ours]
        _save([delivery for delivery, _ in ours], now)
        HourlyStats.objects.add(webhook, outcomes, now)
        _insert([_row(webhook, *result) for result in ours])
        webhook.record_results(outcomes, now)
        if webhook.deleted_at is None and any(outcome.is_gone for outcome in outcomes):
            jobs.switch_off(webhook, Webhook.State.DISABLED, now)
            alerts.notify_disabled(webhook, is_gone=True)
        elif webhook.is_active and webhook.first_failure_at is None:
            alerts.notify_recovered(webhook)


def _numbered(webhook: Webhook, batch: Collection[Result]) -> list[Result]:
    """Say of each outcome which attempt it is, and whether its delivery failed before in this incident."""
    repeats = _repeats(webhook, batch)
    return [
        (
            delivery,
            replace(
                outcome,
                number=delivery.attempt_count + 1,
                is_repeat=delivery.pk in repeats,
                is_by_hand=delivery.is_urgent,
            ),
        )
        for delivery, outcome in batch
    ]


def _repeats(webhook: Webhook, batch: Collection[Result]) -> set[int]:
    """Return the deliveries that fail now and did before, since the receiver took the last one."""
    again = [delivery.pk for delivery, outcome in batch if delivery.attempt_count and not outcome.succeeded]
    if not again or webhook.first_failure_at is None or webhook.is_failing:
        return set()
    before = Attempt.objects.filter(delivery__in=again, started_at__gte=webhook.first_failure_at - LEASE)
    return set(before.values_list("delivery", flat=True))


def _save(deliveries: list[Delivery], now: datetime) -> None:
    """Save first successes, the common case, in one plain update; the rest in one with a case for each row."""
    plain, rest = list[Delivery](), list[Delivery]()
    for delivery in deliveries:
        first_success = delivery.status == Delivery.Status.DELIVERED and delivery.attempt_count == 1
        (plain if first_success else rest).append(delivery)
    if plain:
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in plain]).mark_delivered(now)
    if rest:
        fields = ["status", "attempt_count", "is_urgent", "next_attempt_at", "lease", "finished_at"]
        Delivery.objects.bulk_update(rest, fields)


def _row(webhook: Webhook, delivery: Delivery, outcome: Outcome) -> dict[str, object]:
    """Return an attempt by its columns."""
    return {
        "delivery_id": delivery.pk,
        "number": outcome.number,
        "started_at": outcome.started_at,
        "duration_ms": outcome.duration_ms,
        **{f"{step}_ms": outcome.timings.get(step) for step in ("dns", "connect", "tls", "wait")},
        "url": webhook.url,
        "request_head": outcome.request_head,
        "status_code": outcome.status_code,
        "error": outcome.error or "",
        "response_head": outcome.response_head,
        "response_excerpt": outcome.response_excerpt,
        "http_version": outcome.http_version,
        "peer_address": outcome.peer_address,
        "certificate_days": outcome.certificate_days,
        "body_end": outcome.body_end,
        "was_repeated": outcome.was_repeated,
    }


def _insert(rows: list[dict[str, object]]) -> None:
    """Insert attempts: by COPY where there is one, which takes a tenth of the time."""
    if connection.vendor != "postgresql":
        Attempt.objects.bulk_create(Attempt(**row) for row in rows)
        return
    columns = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(Attempt._meta.db_table), columns)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))

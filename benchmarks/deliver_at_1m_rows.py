"""Deliveries per second with a million finished deliveries in the table, against few."""

from __future__ import annotations

import statistics

from django.db import connection

from benchmarks import deliveries, place, receiver
from benchmarks.deliver_vs_requests_loop import deliver

ROWS = 1_000_000
RUNS = 7
FINISHED = """
    INSERT INTO webhooks_delivery (event_id, webhook_id, status, attempt_count, created_at, finished_at)
    SELECT %s, %s, 'delivered', 1, now() - n * interval '1 second', now() FROM generate_series(1, %s) AS n
"""
ATTEMPTS = """
    INSERT INTO webhooks_attempt
        (delivery_id, number, started_at, duration_ms, url, request_head, status_code, error, response_head,
         response_excerpt)
    SELECT id, 1, created_at, 12, 'http://erp.example.com/', repeat('x', 300), 200, '', repeat('x', 200), 'ok'
    FROM webhooks_delivery WHERE event_id = %s
"""


def run() -> None:
    with receiver.running(place.RECEIVER_CORE) as url:
        webhook = deliveries.make_webhook(deliveries.make_account(), f"{url}/hook")
        before = [deliver(webhook) for _ in range(RUNS)]
        _fill_up(webhook)
        after = [deliver(webhook) for _ in range(RUNS)]
    print(f"deliver_at_1m_rows: {statistics.median(after) / statistics.median(before):.2f}")


def _fill_up(webhook: object) -> None:
    event = deliveries.happen(webhook)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM webhooks_delivery WHERE event_id = %s", [event.pk])
        cursor.execute(FINISHED, [event.pk, webhook.pk, ROWS])
        cursor.execute(ATTEMPTS, [event.pk])
        cursor.execute("VACUUM ANALYZE")

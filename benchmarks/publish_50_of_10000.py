"""Publishing to an account with 50 webhooks among 10,000 in the table, against 50 among 100."""

from __future__ import annotations

import statistics
import time

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from benchmarks import deliveries
from webhooks import events
from webhooks.engine.publish import publish
from webhooks.models import Webhook

RUNS = 60


def run() -> None:
    account, others = deliveries.make_account(), deliveries.make_account()
    for _ in range(50):
        deliveries.make_webhook(account, "http://127.0.0.1:9/")
    _add(others, 50)
    _publish(account, 10)
    few, queries_few = _publish(account, RUNS)
    _add(others, 9_900)
    _publish(account, 10)
    many, queries_many = _publish(account, RUNS)
    print(f"publish_50_of_10000: {many / few:.2f}")
    print(f"publish_50_of_10000_queries: {queries_many / queries_few:.2f}")


def _add(account: object, count: int) -> None:
    Webhook.objects.bulk_create(
        Webhook(account=account, description="other", url="http://127.0.0.1:9/", events=[events.TICKET_CREATED])
        for _ in range(count)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _publish(account: object, runs: int) -> tuple[float, int]:
    """Return the median seconds of a publication, and its queries."""
    took = []
    actor = Actor(account.owner.user, via="page")
    for _ in range(runs):
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            with transaction.atomic():
                data = {"id": "1", "type": "tickets", "attributes": deliveries.ATTRIBUTES}
                publish(events.TICKET_CREATED, account=account, project=None, actor=actor, data=data)
                connection.run_on_commit.clear()
            took.append(time.perf_counter() - began)
    return statistics.median(took), len(queries)

"""The ledger of a webhook: produced = delivered + waiting + retrying + held + failed + expired.

Both sides are counted on their own. What was taken up and what is finished is counted on the webhook's row, in the
transaction that does it; what is open is counted from its indexes. So the cost does not grow with what is finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timesince import timeuntil

from webhooks.models import Delivery, Webhook
from webhooks.models.webhook_queries import WebhookQuerySet

COUNTED = ["attempted_count", "delivered_count", "failed_count", "expired_count"]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Numbers of deliveries. `produced` is what was taken up once, and what still waits to be."""

    produced: int
    delivered: int
    waiting: int
    retrying: int
    held: int
    failed: int
    expired: int

    @property
    def open(self) -> int:
        return self.waiting + self.retrying + self.held

    @property
    def balances(self) -> bool:
        return self.produced == self.delivered + self.open + self.failed + self.expired


def ledger_of(webhook: Webhook) -> Ledger:
    """Count, in one query, so that all numbers are of the same moment."""
    deliveries = Delivery.objects.filter(webhook=OuterRef("pk"))
    pending = deliveries.filter(status=Delivery.Status.PENDING)
    held = deliveries.filter(status=Delivery.Status.HELD)
    row = (
        Webhook.objects.filter(pk=webhook.pk)
        .annotate(
            pending=_count(pending),
            held=_count(held),
            waiting=_count(pending.filter(attempt_count=0)),
            held_untried=_count(held.filter(attempt_count=0)),
        )
        .values(*COUNTED, "pending", "waiting", "held", "held_untried")
        .get()
    )
    return Ledger(
        produced=row["attempted_count"] + row["waiting"] + row["held_untried"],
        delivered=row["delivered_count"],
        waiting=row["waiting"],
        retrying=row["pending"] - row["waiting"],
        held=row["held"],
        failed=row["failed_count"],
        expired=row["expired_count"],
    )


def with_waiting(webhooks: WebhookQuerySet) -> WebhookQuerySet:
    """Tell of each webhook, as `waiting`, how many deliveries wait or are held. The cost is as above."""
    deliveries = Delivery.objects.filter(webhook=OuterRef("pk"))
    waiting, held = (deliveries.filter(status=status) for status in (Delivery.Status.PENDING, Delivery.Status.HELD))
    return webhooks.annotate(waiting=_count(waiting) + _count(held))


def _count(deliveries: QuerySet[Delivery]) -> Coalesce:
    numbers = deliveries.order_by().values("webhook").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(numbers, output_field=IntegerField()), 0)


def backlog_of(webhook: Webhook, waiting: int, now: datetime) -> str:
    """Say how long what waits takes under the owner's cap; nothing where there is no cap or next to nothing waits."""
    cap = webhook.max_per_minute
    if not cap or waiting <= cap:
        return ""
    return timeuntil(now + timedelta(minutes=waiting / cap), now, depth=2)

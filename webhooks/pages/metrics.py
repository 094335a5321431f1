"""Figures on the whole engine. As in the ledger, their cost does not grow with what is finished."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, OuterRef, Q, Subquery, Sum

from webhooks.models import Delivery, Webhook
from webhooks.models.health import FAILURES_UNTIL_FAILING
from webhooks.models.status import OPEN

FAILING = Q(consecutive_failures__gte=FAILURES_UNTIL_FAILING)


def deliveries() -> dict[str, float]:
    """Count deliveries by status: the open ones themselves, the finished ones as they are booked."""
    booked = ["delivered", "failed", "expired"]
    sums = Webhook.objects.not_deleted().aggregate(**{status: Sum(f"{status}_count", default=0) for status in booked})
    of_kept = Delivery.objects.filter(webhook__deleted_at=None)
    counts = {status: of_kept.filter(status=status).count() for status in OPEN}
    return counts | sums


def webhooks() -> dict[str, float]:
    """Count webhooks by state, the failing ones apart from the others that are on."""
    on = Q(state=Webhook.State.ACTIVE)
    return Webhook.objects.not_deleted().aggregate(
        on=Count("pk", filter=on & ~FAILING),
        failing=Count("pk", filter=on & FAILING),
        off=Count("pk", filter=Q(state=Webhook.State.PAUSED)),
        disabled=Count("pk", filter=Q(state=Webhook.State.DISABLED)),
    )


def oldest_due_seconds(now: datetime) -> dict[str, float]:
    """Tell for how long the oldest due delivery waits, by whether its receiver takes events. One look per webhook."""
    due = Delivery.objects.due(now).filter(webhook=OuterRef("pk")).order_by("next_attempt_at")
    oldest = (
        Webhook.objects.active()
        .annotate(due_at=Subquery(due.values("next_attempt_at")[:1]))
        .aggregate(healthy=Min("due_at", filter=~FAILING), failing=Min("due_at", filter=FAILING))
    )
    return {receiver: (now - at).total_seconds() if at else 0 for receiver, at in oldest.items()}

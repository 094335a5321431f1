from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest

from webhooks.models.webhook import Webhook
from webhooks.send import Outcome


class HourQuerySet(models.QuerySet["Hour"]):
    def add(self, webhook: Webhook, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Add a batch to the present hour. One drain at a time works on a webhook, so there is no race to make it."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        row, _ = self.get_or_create(webhook=webhook, hour=hour)
        delivered = sum(outcome.succeeded for outcome in outcomes)
        durations = [outcome.duration_ms for outcome in outcomes]
        self.filter(pk=row.pk).update(
            delivered=F("delivered") + delivered,
            failed=F("failed") + len(outcomes) - delivered,
            total_ms=F("total_ms") + sum(durations),
            slowest_ms=Greatest("slowest_ms", max(durations)),
        )


class Hour(models.Model):
    """The attempts of a webhook in one hour, counted when they are recorded, so that a plot need not count them."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    delivered = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    total_ms = models.PositiveBigIntegerField(default=0)
    slowest_ms = models.PositiveIntegerField(default=0)

    objects = HourQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["webhook", "hour"], name="one_row_per_webhook_and_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.hour:%Y-%m-%d %H}"

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import models

from webhooks.http.outcome import Outcome
from webhooks.models import histogram
from webhooks.models.webhook import Webhook


class HourlyStatsQuerySet(models.QuerySet["HourlyStats"]):
    def add(self, webhook: Webhook, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Add a batch to the present hour. The caller holds the webhook's row, so nobody else adds at the same time."""
        row, _ = self.get_or_create(webhook=webhook, hour=now.replace(minute=0, second=0, microsecond=0))
        durations = [outcome.duration_ms for outcome in outcomes]
        delivered = sum(outcome.succeeded for outcome in outcomes)
        row.delivered += delivered
        row.failed += len(outcomes) - delivered
        row.buckets = histogram.merge(row.buckets, histogram.bucket_counts(durations))
        row.slowest_ms = max(row.slowest_ms, *durations)
        row.save(update_fields=["delivered", "failed", "buckets", "slowest_ms"])


class HourlyStats(models.Model):
    """The attempts of a webhook in one hour, counted when they are recorded, so that a plot need not count them.

    `buckets` has the number of attempts in each bucket of `webhooks.models.histogram`.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    delivered = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    buckets = models.JSONField(default=list)
    slowest_ms = models.PositiveIntegerField(default=0)

    objects = HourlyStatsQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["webhook", "hour"], name="one_row_per_webhook_and_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.hour:%Y-%m-%d %H}"

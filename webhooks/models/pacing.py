from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

FIRST_CONCURRENCY = 8
WINDOW = 60  # seconds
PACED = ["concurrency", "recent_sends"]


class Pacing(models.Model):
    """How fast a receiver is sent to: what its owner allows, and what it was found to take."""

    max_in_flight: int | None
    max_per_minute: int | None

    concurrency = models.PositiveSmallIntegerField(default=FIRST_CONCURRENCY, editable=False)
    recent_sends = models.JSONField(default=list, editable=False)  # [[unix second, how many], …], where there is a cap

    class Meta:
        abstract = True

    @property
    def concurrency_ceiling(self) -> int:
        return min(self.max_in_flight or settings.WEBHOOK_MAX_IN_FLIGHT, settings.WEBHOOK_MAX_IN_FLIGHT)

    def sends_left(self, now: datetime) -> int | None:
        """Return how many deliveries may be started now, None without a cap."""
        if self.max_per_minute is None:
            return None
        second = int(now.timestamp())
        self.recent_sends = [[at, count] for at, count in self.recent_sends if second - WINDOW <= at <= second]
        return max(self.max_per_minute - sum(count for _, count in self.recent_sends), 0)

    def book_sends(self, count: int, now: datetime) -> None:
        """Count deliveries that are started, or given back (negative), towards the cap. The caller saves."""
        if self.max_per_minute is not None and count:
            self.recent_sends = [*self.recent_sends, [int(now.timestamp()), count]]

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from django.db import models

from webhooks.engine import backoff
from webhooks.http.outcome import DeliveryError, Outcome

FAILURES_UNTIL_FAILING = 5  # in a row, over distinct deliveries
SLOW = 1000  # milliseconds; who usually takes longer to answer is slow
INCIDENT = ["consecutive_failures", "first_failure_at", "probe_at", "warned_at"]
HEALTH = [*INCIDENT, "is_slow", "last_success_at", "last_failure_at", "last_error", "last_status_code"]


class ReceiverHealth(models.Model):
    """What is known of a receiver from what came of its deliveries."""

    consecutive_failures = models.PositiveIntegerField(default=0, editable=False)
    first_failure_at = models.DateTimeField(null=True, editable=False)
    probe_at = models.DateTimeField(null=True, editable=False)
    is_slow = models.BooleanField(default=False, editable=False)
    warned_at = models.DateTimeField(null=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    last_failure_at = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(max_length=20, blank=True, editable=False)
    last_status_code = models.PositiveSmallIntegerField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_failing(self) -> bool:
        return self.consecutive_failures >= FAILURES_UNTIL_FAILING

    @property
    def last_failure(self) -> str:
        """Say how the last failed attempt ended: the status code, or what broke."""
        if self.last_status_code:
            return f"HTTP {self.last_status_code}"
        return str(DeliveryError(self.last_error).label) if self.last_error else ""

    @property
    def uses_slow_lane(self) -> bool:
        """Tell whether it has its turn on the queue of those that fail or are slow, where it holds up no others."""
        return self.first_failure_at is not None or self.is_slow

    def count_results(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Take a batch into account, in the order in which it ended. The caller saves."""
        self.is_slow = median(one.duration_ms for one in outcomes) > SLOW
        for one in outcomes:
            if one.succeeded:
                self.reset_failures()
                self.last_success_at = now
                continue
            self.last_failure_at, self.last_error, self.last_status_code = now, one.error or "", one.status_code
            self.first_failure_at = self.first_failure_at or now
            if not one.is_by_hand:
                self.consecutive_failures += not one.is_repeat or self.is_failing  # distinct deliveries, then probes
        if self.is_failing and not all(one.is_by_hand for one in outcomes):
            self.probe_at = backoff.next_probe_at(
                now,
                failed_probes=self.consecutive_failures - FAILURES_UNTIL_FAILING,
                retry_after=max((one.retry_after or 0 for one in outcomes), default=0),
            )

    def reset_failures(self) -> None:
        self.consecutive_failures, self.first_failure_at, self.probe_at, self.warned_at = 0, None, None, None

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webhooks.models.webhook import Webhook

LOST_AFTER = timedelta(seconds=30)  # a job on which nothing moved for so long has nobody who works on it


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> JobQuerySet:
        return self.filter(finished_at=None)

    def cancel(self, now: datetime) -> None:
        self.unfinished().update(finished_at=now)

    def runnable(self, now: datetime) -> JobQuerySet:
        """Return what nobody is working on, and whose turn has come."""
        free = Q(worked_at=None) | Q(worked_at__lt=now - LOST_AFTER)
        return self.unfinished().filter(free, not_before__lte=now)


class Job(models.Model):
    """Work on many deliveries of one webhook, done in small batches. `engine.jobs` carries it out.

    It goes on from `cursor` after a crash: each batch moves the cursor in the transaction that does the work.
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("Holding events")
        RESUME = "resume", _("Switching on")
        RECOVER = "recover", _("Sending failed events again")
        BACKFILL = "backfill", _("Backfill")
        DELETE = "delete", _("Deleting the delivery log")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=8, choices=Kind)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    last_pk = models.BigIntegerField(default=0)  # of what was there when it began
    cursor = models.BigIntegerField(default=0)
    per_minute = models.PositiveIntegerField(null=True)
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(null=True)  # when a worker that goes on at once did the last batch
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # What is still to be done, for the sweep and the pages.
            models.Index(fields=["webhook", "id"], name="job_unfinished", condition=Q(finished_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.webhook_id}"

    @property
    def percent(self) -> int:
        return min(100 * self.done // self.total, 100) if self.total else 0

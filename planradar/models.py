from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q


class ScheduledTaskQuerySet(models.QuerySet["ScheduledTask"]):
    def take_turn(self, name: str, now: datetime, gap: timedelta) -> bool:
        """Tell whether the caller may queue the task: of several beats, one may in each `gap`.

        A turn that lies in the future tells of a clock that was moved back, and holds nobody up.
        """
        _, is_new = self.get_or_create(name=name, defaults={"queued_at": now})
        over = Q(queued_at__lte=now - gap) | Q(queued_at__gt=now + gap)
        return is_new or bool(self.filter(over, name=name).update(queued_at=now))


class ScheduledTask(models.Model):
    """When a regular task was last queued and last finished, which tells whether beat and workers live."""

    name = models.CharField(max_length=100, unique=True)
    queued_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=100, blank=True)

    objects = ScheduledTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "scheduled task"
        verbose_name_plural = "scheduled tasks"
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

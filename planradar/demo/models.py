from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

KEPT = 50


class InboxMessage(models.Model):
    """A request that the demo inbox received."""

    received_at = models.DateTimeField(default=timezone.now)
    headers = models.JSONField(default=dict)
    basic_user = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    is_verified = models.BooleanField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.received_at}"

    @classmethod
    def keep_the_latest(cls) -> None:
        if oldest_kept := cls.objects.values_list("pk", flat=True)[KEPT - 1 : KEPT]:
            cls.objects.filter(pk__lt=oldest_kept[0]).delete()

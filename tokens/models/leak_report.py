from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class LeakReport(models.Model):
    """Digests of what looked like leaked tokens, until a worker has revoked those that are live."""

    digests = models.JSONField(default=list, editable=False)
    ip = models.GenericIPAddressField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.created_at}"

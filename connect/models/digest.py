from __future__ import annotations

from django.db import models


class Digest(models.Model):
    """A day whose digest of overdue requests was written, so that none is written twice."""

    day = models.DateField(primary_key=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day}"

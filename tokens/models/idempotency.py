from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

from accounts.models import Membership
from lib.encrypted import EncryptedTextField

KEPT = timedelta(hours=24)


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    def ended(self, now: datetime) -> KeptAnswerQuerySet:
        return self.filter(created_at__lt=now - KEPT)


class KeptAnswer(models.Model):
    """The answer to a request with an `Idempotency-Key`, for its repetition. Encrypted: it may show a secret once."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)  # SHA-256 of method, address and body
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    content = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["membership", "key"], name="one_answer_per_idempotency_key"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Answers that are kept long enough, for upkeep.
            models.Index(fields=["created_at"], name="kept_answer_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.key}"

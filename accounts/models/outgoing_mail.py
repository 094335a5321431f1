from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from lib.encrypted import EncryptedTextField

LEASE = timedelta(minutes=5)
RETRY_DELAY = timedelta(minutes=5)  # times the number of attempts
MAX_ATTEMPTS = 50  # four days


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self, now: datetime) -> OutgoingMailQuerySet:
        return self.filter(sent_at=None, next_attempt_at__lte=now)

    def over_since(self, moment: datetime) -> OutgoingMailQuerySet:
        """Return mails written before then that were sent or given up."""
        return self.filter(created_at__lt=moment, next_attempt_at=None)


class OutgoingMail(models.Model):
    """A mail on its way. It is written with what it tells of, and its text is forgotten once it is sent."""

    to = models.EmailField()
    kind = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=200)
    text = EncryptedTextField()  # it may hold a link that lets in who has it
    html = EncryptedTextField()
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now, null=True)
    sent_at = models.DateTimeField(null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # What is due, for the sweep.
            models.Index(fields=["next_attempt_at"], name="mail_due", condition=Q(sent_at=None)),
            # What an address got of a kind, for the bounds of mails that strangers can cause.
            models.Index("kind", Upper("to"), "created_at", name="mail_by_kind_and_address"),
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"

    def claim(self, now: datetime) -> bool:
        """Take the mail, unless another worker has it. Who dies with it leaves it due after the lease."""
        mine = OutgoingMail.objects.due(now).filter(pk=self.pk)
        return bool(mine.update(next_attempt_at=now + LEASE, attempts=models.F("attempts") + 1))

    def mark_sent(self, now: datetime) -> None:
        self.sent_at, self.next_attempt_at, self.text, self.html = now, None, "", ""
        self.save(update_fields=["sent_at", "next_attempt_at", "text", "html"])

    def put_off(self, now: datetime) -> None:
        """Try again later, or not any more."""
        self.refresh_from_db(fields=["attempts"])
        self.next_attempt_at = now + RETRY_DELAY * self.attempts
        if self.attempts >= MAX_ATTEMPTS:
            self.next_attempt_at, self.text, self.html = None, "", ""
        self.save(update_fields=["next_attempt_at", "text", "html"])

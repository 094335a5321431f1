"""Work on many tickets that one request asked for, and how far it is."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Project, User

LEASE = timedelta(minutes=2)
KEPT_FOR = timedelta(hours=24)
MAX_ERRORS = 1000  # that are written down


class JobQuerySet(models.QuerySet["Job"]):
    def of(self, account: Account) -> JobQuerySet:
        return self.filter(account=account)

    def unfinished(self) -> JobQuerySet:
        return self.filter(status__in=[Job.Status.QUEUED, Job.Status.PROCESSING])

    def without_worker(self, now: datetime) -> JobQuerySet:
        return self.unfinished().filter(Q(leased_until=None) | Q(leased_until__lt=now))

    def expired(self, now: datetime) -> JobQuerySet:
        return self.filter(finished_at__lt=now - KEPT_FOR)


class Job(models.Model):
    """The items stand in `payload`; `position` is the first that is not done yet."""

    class Kind(models.TextChoices):
        CREATE = "bulk_create"
        UPDATE = "update"
        DELETE = "delete"
        COPY = "copy_project"

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        PROCESSING = "processing", _("in progress")
        COMPLETED = "completed", _("completed")
        FAILED = "failed", _("failed")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="jobs")
    project = models.ForeignKey(Project, models.CASCADE, null=True, related_name="jobs")
    kind = models.CharField(max_length=12, choices=Kind)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    actor = models.JSONField(default=dict)  # how the person came in, as in `Actor`
    payload = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    position = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    succeeded = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The jobs that wait for a worker, and those whose worker died.
            models.Index(
                fields=["leased_until"], name="unfinished_jobs", condition=Q(status__in=["queued", "processing"])
            ),
            # The jobs that are kept no longer.
            models.Index(fields=["finished_at"], name="finished_jobs"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"

    def acquire(self, now: datetime) -> bool:
        """Take the job for this worker, unless another one has it."""
        free = Job.objects.without_worker(now).filter(pk=self.pk)
        return bool(free.update(leased_until=now + LEASE, status=self.Status.PROCESSING))

    def advance(self, now: datetime, *, error: object = None) -> None:
        """Note that the item at `position` is done, or why it cannot be."""
        self.position += 1
        self.succeeded += error is None
        self.failed += error is not None
        if error is not None and len(self.errors) < MAX_ERRORS:
            self.errors.append({"index": self.position - 1, "errors": error})
        self.leased_until = now + LEASE
        self.save(update_fields=["position", "succeeded", "failed", "errors", "leased_until"])

    def release(self) -> None:
        """Leave the rest to the worker that takes the job next."""
        self.leased_until = None
        self.save(update_fields=["leased_until"])

    def finish(self, now: datetime) -> None:
        all_failed = self.total and self.failed == self.total
        self.status = self.Status.FAILED if all_failed else self.Status.COMPLETED
        self.leased_until, self.finished_at = None, now
        self.save(update_fields=["status", "leased_until", "finished_at"])

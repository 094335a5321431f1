"""The timeline of a request: one row for each thing that was said or done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User


class EntryQuerySet(models.QuerySet["Entry"]):
    def for_customer(self) -> EntryQuerySet:
        return self.exclude(kind__in=Entry.INTERNAL)


class Entry(models.Model):
    """Inserted once, never changed. The customer sees it, unless it is of an internal kind."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("asked for access")
        REVIEWED = "reviewed", _("began the review")
        ASKED = "asked", _("asked a question")
        ANSWERED = "answered", _("answered")
        WROTE = "wrote", _("wrote a message")
        APPROVED = "approved", _("granted access")
        DECLINED = "declined", pgettext_lazy("timeline", "declined")
        WITHDRAWN = "withdrawn", _("withdrew the request")
        SUSPENDED = "suspended", _("suspended access")
        RESTORED = "restored", _("restored access")
        ADDRESSED = "addressed", _("changed the address of the workspace")
        ASSIGNED = "assigned", _("assigned the request")
        NOTED = "noted", _("wrote an internal note")

    INTERNAL = frozenset({Kind.ASSIGNED, Kind.NOTED})
    SILENT = frozenset({Kind.ASSIGNED, Kind.REVIEWED})  # no answer to a message

    request = models.ForeignKey("connect.ConnectRequest", models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=9, choices=Kind)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    is_staff = models.BooleanField()
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a timeline")
        verbose_name_plural = _("entries of timelines")
        ordering: ClassVar[list[str]] = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.by_name}: {self.get_kind_display()}"

    @property
    def is_internal(self) -> bool:
        return self.kind in self.INTERNAL

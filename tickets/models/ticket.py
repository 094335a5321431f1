from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Project, User


class TicketQuerySet(models.QuerySet["Ticket"]):
    def of(self, account: Account) -> TicketQuerySet:
        return self.filter(project__account=account)

    def with_people(self) -> TicketQuerySet:
        """Load all that `tickets.api.serializers.ticket` tells, in the same query."""
        return self.select_related("project__account", "parent", "assigned_to", "author")


class Ticket(models.Model):
    """Something to be done or put right on site. `tickets.services` writes it."""

    class Status(models.IntegerChoices):
        """The numbers are those of the API."""

        OPEN = 1, _("Open")
        IN_PROGRESS = 2, _("In progress")
        RESOLVED = 3, _("Resolved")
        FEEDBACK = 4, _("Feedback")
        CLOSED = 5, _("Closed")
        REJECTED = 6, _("Rejected")

    class Priority(models.IntegerChoices):
        LOW = 1, _("Low")
        NORMAL = 2, _("Normal")
        HIGH = 3, _("High")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="tickets", db_index=False)
    subject = models.CharField(_("subject"), max_length=250)
    status_id = models.PositiveSmallIntegerField(_("status"), choices=Status, default=Status.OPEN)
    priority_id = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    progress = models.PositiveSmallIntegerField(_("progress in %"), default=0, validators=[MaxValueValidator(100)])
    due_date = models.DateField(_("due date"), null=True, blank=True)
    extension_date = models.DateField(_("extended to"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("assigned to")
    )
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by"))
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    ticket_type_id = models.CharField(max_length=100, blank=True)
    component_id = models.CharField(max_length=100, blank=True)
    typed_values = models.JSONField(default=dict, blank=True)
    subscribers = models.JSONField(default=list, blank=True)  # ids of users, as the API gives and takes them
    plan_x = models.FloatField(null=True, blank=True)
    plan_y = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The tickets of a project, in the order of their creation: the lists of the API and of the project's page.
            models.Index(fields=["project", "id"], name="ticket_of_project"),
            # The same, filtered by status.
            models.Index(fields=["project", "status_id", "id"], name="ticket_by_status"),
        ]

    def __str__(self) -> str:
        return self.subject

    def clean(self) -> None:
        if self.due_date and self.extension_date and self.extension_date <= self.due_date:
            raise ValidationError({"extension_date": _("It must be later than the due date.")})

    def follow_status(self) -> None:
        """Set or clear the hour of closing, as the status says."""
        if self.status_id != self.Status.CLOSED:
            self.closed_at = None
        elif self.closed_at is None:
            self.closed_at = timezone.now()

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Prefetch
from django.db.models.functions import Collate
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Project, User
from lib.collation import ROOT
from tickets.models.layer import Layer
from tickets.models.ticket_type import TicketType


class TicketQuerySet(models.QuerySet["Ticket"]):
    def of(self, account: Account) -> TicketQuerySet:
        return self.filter(project__account=account)

    def with_people(self) -> TicketQuerySet:
        """Load those who have to do with the tickets, and where they belong, in the same query."""
        return self.select_related("project__account", "parent", "assigned_to", "author")

    def with_relations(self) -> TicketQuerySet:
        """Load all that `tickets.api.serializers.ticket` tells: three queries, however many tickets."""
        children = Prefetch("children", Ticket.objects.only("uuid", "parent_id"))
        return self.select_related("project", "parent", "author").prefetch_related(children, "attachments")

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Number and count the tickets as `save` does, in one update for each project."""
        tickets = list(objs)
        for key, count in Counter(ticket.project_id for ticket in tickets).items():
            last = take_numbers(key, count)
            of_project = [ticket for ticket in tickets if ticket.project_id == key]
            for number, ticket in enumerate(of_project, start=last - count + 1):
                ticket.sequential_id = number
        return super().bulk_create(tickets, *args, **kwargs)


def take_numbers(project_id: int, count: int = 1) -> int:
    """Count new tickets of a project; return the number of the last of them. Keeps others from it until the commit."""
    with transaction.atomic(savepoint=False):
        Project.objects.filter(pk=project_id).update(
            last_ticket_number=F("last_ticket_number") + count, ticket_count=F("ticket_count") + count
        )
        return Project.objects.values_list("last_ticket_number", flat=True).get(pk=project_id)


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
    sequential_id = models.PositiveIntegerField(_("number"), null=True, editable=False)
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
    updated_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by"))
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("closed by"))
    due_date_change_count = models.PositiveIntegerField(default=0, editable=False)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    ticket_type = models.ForeignKey(
        TicketType, models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("form")
    )
    component = models.ForeignKey(
        Layer, models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("layer")
    )
    typed_values = models.JSONField(default=dict, blank=True)
    subscribers = models.JSONField(default=list, blank=True)  # ids of users, as the API gives and takes them
    plan_x = models.FloatField(null=True, blank=True)
    plan_y = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
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
            # The same, in the orders that clients ask for.
            models.Index(fields=["project", "updated_at", "id"], name="ticket_by_change"),
            models.Index(fields=["project", "created_at", "id"], name="ticket_by_creation"),
            models.Index(F("project"), Collate(F("subject"), ROOT), F("id"), name="ticket_by_subject"),
            models.Index(fields=["project", "due_date", "id"], name="ticket_by_due_date"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["project", "sequential_id"], name="one_ticket_per_number"),
        ]

    def __str__(self) -> str:
        return self.subject

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.sequential_id = take_numbers(self.project_id)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.due_date and self.extension_date and self.extension_date <= self.due_date:
            raise ValidationError({"extension_date": _("It must be later than the due date.")})

    def follow_status(self, user: User | None = None) -> None:
        """Set or clear when and by whom it was closed, as the status says."""
        if self.status_id != self.Status.CLOSED:
            self.closed_at = self.closed_by = None
        elif self.closed_at is None:
            self.closed_at, self.closed_by = timezone.now(), user


@receiver(models.signals.post_delete, sender=Ticket)
def count_deleted(instance: Ticket, origin: object = None, **kwargs: Any) -> None:
    """Take a deleted ticket off its project's count; where the project itself goes, nobody counts any more."""
    if isinstance(origin, Ticket | TicketQuerySet):
        Project.objects.filter(pk=instance.project_id, ticket_count__gt=0).update(ticket_count=F("ticket_count") - 1)

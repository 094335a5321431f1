"""Tickets of a project, the journal of what became of them, and the files attached to them."""

from __future__ import annotations

import uuid
from secrets import token_hex
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.dispatch import receiver
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


class Journal(models.Model):
    """What was said of a ticket or done to it. Written once."""

    class Kind(models.IntegerChoices):
        """The numbers are those of the API's filter."""

        COMMENT = 1, _("comment")
        MEDIA = 2, _("photo or document")
        CHANGE = 3, _("change")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="journals", db_index=False)
    kind = models.PositiveSmallIntegerField(choices=Kind)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    comment = models.TextField(_("comment"), max_length=10_000, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The journal of one ticket, on its page and in the API.
            models.Index(fields=["ticket", "id"], name="journal_of_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}#{self.pk}"

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Return label, old and new value of each change, in words where there are some."""
        return [
            (label_of(name), text_of(name, change["from"]), text_of(name, change["to"]))
            for name, change in self.changes.items()
        ]


def label_of(attribute: str) -> str:
    """Return what people call an attribute of the API."""
    column = attribute.replace("-", "_").removesuffix("_id")
    for name in (column, f"{column}_id"):
        if name in TICKET_LABELS:
            return str(TICKET_LABELS[name])
    return attribute


def text_of(attribute: str, value: object) -> str:
    choices = {"status-id": Ticket.Status, "priority-id": Ticket.Priority}.get(attribute)
    if choices and value in choices.values:
        return str(choices(value).label)
    return "" if value is None else str(value)


TICKET_LABELS = {field.name: field.verbose_name for field in Ticket._meta.concrete_fields} | {
    "attachment": Journal.Kind.MEDIA.label
}


def random_name(attachment: Attachment, name: str) -> str:
    """Name a stored file after nothing that a person gave; two letters make the folder."""
    stem = token_hex(16)
    return f"attachments/{stem[:2]}/{stem}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, account: Account) -> AttachmentQuerySet:
        return self.filter(ticket__project__account=account)

    def with_people(self) -> AttachmentQuerySet:
        return self.select_related("ticket__project__account", "author")


class Attachment(models.Model):
    """A photo or another file on a ticket. Its kind and content type are what its content shows."""

    class Kind(models.TextChoices):
        """The names are those of the API's filter."""

        PHOTO = "images", _("photo")
        VIDEO = "videos", _("video")
        AUDIO = "audios", _("sound")
        DOCUMENT = "documents", _("document")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="attachments", db_index=False)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    name = models.CharField(_("name"), max_length=255)
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    file = models.FileField(upload_to=random_name)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The attachments of one ticket, on its page and in the API.
            models.Index(fields=["ticket", "id"], name="attachment_of_ticket"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        return self.kind == self.Kind.PHOTO


@receiver(models.signals.post_delete, sender=Attachment)
def delete_file(instance: Attachment, **kwargs: Any) -> None:
    """Delete the file with its row, however the row goes: alone, with its ticket, with the whole account."""
    storage, name = instance.file.storage, str(instance.file.name)
    transaction.on_commit(lambda: storage.delete(name), robust=True)

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.codes import number_of
from tickets.models.ticket import Ticket


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
    if choices and (number := number_of(value)) in choices.values:
        return str(choices(number).label)
    return "" if value is None else str(value)


TICKET_LABELS = {field.name: field.verbose_name for field in Ticket._meta.concrete_fields} | {
    "attachment": Journal.Kind.MEDIA.label
}

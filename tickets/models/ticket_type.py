"""Forms, which the API calls ticket types: which fields of its own a ticket has."""

from __future__ import annotations

import re
from secrets import token_hex
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Project, User
from tickets.models.value_list import ValueList

FIELD_KEY = re.compile(r"tf[0-9a-f]{16}")


def new_field_key() -> str:
    """Name a field of a form, as it stands in a ticket's `typed-values`."""
    return f"tf{token_hex(8)}"


class TicketTypeQuerySet(models.QuerySet["TicketType"]):
    def of(self, account: Account) -> TicketTypeQuerySet:
        return self.filter(account=account)


class TicketType(models.Model):
    """A form of an account. `typed_fields` maps a field's key to its description, as the API gives it."""

    class FieldType(models.TextChoices):
        FLOAT = "CustomFields::FloatType", _("number")
        DATE = "CustomFields::DateType", _("date")
        INTEGER = "CustomFields::IntegerType", _("whole number")
        LONG_TEXT = "CustomFields::LongTextType", _("long text")
        SHORT_TEXT = "CustomFields::ShortTextType", _("short text")
        LIST = "CustomFields::ListType", _("list")
        SUBSCRIPTION = "CustomFields::SubscriptionType", _("users")
        CHECK_LIST = "CustomFields::CheckListType", _("checklist")
        BOOLEAN = "CustomFields::BooleanType", _("yes or no")
        TIME = "CustomFields::TimeType", _("time of day")

    account = models.ForeignKey(Account, models.CASCADE, related_name="ticket_types")
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=200)
    typed_fields = models.JSONField(default=dict, blank=True)
    static_fields = models.JSONField(default=dict, blank=True)
    capabilities = models.JSONField(default=dict, blank=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = TicketTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def fields_in_order(self) -> list[tuple[str, dict[str, object]]]:
        return sorted(self.typed_fields.items(), key=lambda field: (field[1].get("order") or 0, field[0]))


class ProjectTicketTypeQuerySet(models.QuerySet["ProjectTicketType"]):
    def of(self, account: Account) -> ProjectTicketTypeQuerySet:
        return self.filter(project__account=account)


class ProjectTicketType(models.Model):
    """A form that the tickets of a project may have, and the fields that must be filled in there."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="ticket_type_links", db_index=False)
    ticket_type = models.ForeignKey(TicketType, models.CASCADE, related_name="links", verbose_name=_("form"))
    required_fields = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ProjectTicketTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("form of a project")
        verbose_name_plural = _("forms of projects")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["project", "ticket_type"], name="one_link_per_project_and_form"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.ticket_type_id}"


class FieldList(models.Model):
    """The list that a field of a form draws from in a project; all its entries, or some."""

    link = models.ForeignKey(ProjectTicketType, models.CASCADE, related_name="field_lists", db_index=False)
    value_list = models.ForeignKey(ValueList, models.CASCADE, related_name="field_lists")
    field_name = models.CharField(max_length=100)
    list_items = models.JSONField(default=list, blank=True)  # ids of entries; empty: all
    allows_multiple = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["link", "field_name"], name="one_list_per_field"),
        ]

    def __str__(self) -> str:
        return self.field_name

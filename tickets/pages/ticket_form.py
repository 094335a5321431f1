"""The form of a ticket, with the fields of its form (ticket type)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, time
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, Membership, Project, User
from lib.collation import by_name
from lib.dates import DateInput
from tickets import services
from tickets.models import FieldList, ProjectTicketType, Ticket, TicketType
from tickets.services import placing
from tickets.services.typed_values import LONG, SHORT

Kind = TicketType.FieldType


class TimeInput(forms.TimeInput):
    input_type = "time"


class TicketForm(forms.ModelForm):
    class Meta:
        model = Ticket
        fields: ClassVar[list[str]] = [
            "subject",
            "status_id",
            "priority_id",
            "assigned_to",
            "due_date",
            "extension_date",
            "progress",
        ]
        widgets: ClassVar[dict[str, type[forms.Widget]]] = {"due_date": DateInput, "extension_date": DateInput}

    def __init__(self, *args: Any, account: Account, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed: list[str] = []
        members = Membership.objects.active().filter(account=account)
        people = User.objects.filter(Q(memberships__in=members) | Q(pk=self.instance.assigned_to_id))
        cast(forms.ModelChoiceField, self.fields["assigned_to"]).queryset = people.distinct().order_by(by_name(), "pk")

        is_new = self.instance.pk is None
        link = placing.link_of(project, "") if is_new else placing.link_with(self.instance)
        if link is not None:
            self._add_typed_fields(link)

    def _add_typed_fields(self, link: ProjectTicketType) -> None:
        """Add the fields of the form; checklists and people are written by the API alone."""
        lists = {drawn.field_name: drawn for drawn in link.field_lists.select_related("value_list")}
        for key, described in link.ticket_type.fields_in_order:
            field = field_of(str(described.get("type")), lists.get(key), many=bool(described.get("multiple")))
            if field is None:
                continue
            field.label = str(described.get("name"))
            field.required = key in link.required_fields and not isinstance(field, forms.BooleanField)
            field.initial = self.instance.typed_values.get(key)
            self.fields[key] = field
            self.typed.append(key)

    def create(self, *, project: Project, actor: Actor) -> Ticket | None:
        """Create the ticket, or say beside the fields why it is refused."""
        values = self._values(self.cleaned_data)
        try:
            return services.create_ticket(project=project, actor=actor, values=values)
        except ValidationError as error:
            self._say(error)
            return None

    def update(self, *, actor: Actor) -> Ticket | None:
        """Write only what this person changed, keeping what others have changed since."""
        values = self._values(self.changed_data)
        try:
            return services.update_ticket(ticket=self.instance, actor=actor, values=values)
        except ValidationError as error:
            self._say(error)
            return None

    def _say(self, error: ValidationError) -> None:
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for place, messages in by_field.items():
            name = place.removeprefix("typed_values/")
            self.add_error(name if name in self.fields else None, messages)

    def _values(self, names: Iterable[str]) -> services.TicketValues:
        values = {name: self.cleaned_data[name] for name in names}
        typed = {key: in_json(values.pop(key)) for key in self.typed if key in values}
        if typed:
            values["typed_values"] = typed
        if "assigned_to" in values:
            person = values.pop("assigned_to")
            values["assigned_to_id"] = person.pk if person else None
        return cast(services.TicketValues, values)


def field_of(kind: str, drawn: FieldList | None, *, many: bool) -> forms.Field | None:
    """Return what a person fills in for a type of field, or None for what pages do not offer."""
    if kind == Kind.LIST:
        return _choice(drawn, many=many or bool(drawn and drawn.allows_multiple))
    makers: dict[Kind, Callable[[], forms.Field]] = {
        Kind.FLOAT: forms.FloatField,
        Kind.INTEGER: forms.IntegerField,
        Kind.SHORT_TEXT: lambda: forms.CharField(max_length=SHORT),
        Kind.LONG_TEXT: lambda: forms.CharField(max_length=LONG, widget=forms.Textarea({"rows": 3})),
        Kind.BOOLEAN: forms.BooleanField,
        Kind.DATE: lambda: forms.DateField(widget=DateInput),
        Kind.TIME: lambda: forms.TimeField(widget=TimeInput),
    }
    maker = makers.get(Kind(kind)) if kind in Kind.values else None
    return maker() if maker else None


def _choice(drawn: FieldList | None, *, many: bool) -> forms.Field | None:
    if drawn is None:
        return None
    entries = [(str(entry.pk), entry.name) for entry in drawn.value_list.entries.all()]
    items = set(drawn.list_items)
    choices = [entry for entry in entries if not items or entry[0] in items]
    if many:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
    return forms.ChoiceField(choices=[("", _("none")), *choices])


def in_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date | time) else value

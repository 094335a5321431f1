"""Forms of an account, their assignment to projects, and the lists that their fields draw from."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Account, Project
from tickets.models import FieldList, ListEntry, ProjectTicketType, Ticket, TicketType, ValueList
from tickets.models.ticket_type import FIELD_KEY, new_field_key
from tickets.services.placing import key_in

MAX_FIELDS = 200
Fields = dict[str, dict[str, object] | None]


class TicketTypeValues(TypedDict, total=False):
    name: str
    typed_fields: Fields
    static_fields: dict[str, object]
    capabilities: dict[str, object]


class FieldListValues(TypedDict, total=False):
    list_id: str
    field_name: str
    list_items: list[str]
    allow_multiple_selection: bool


class EntryValues(TypedDict, total=False):
    name: str
    uuid: uuid.UUID | None
    parent_id: str
    order: int


class FormInUseError(Exception):
    """Tickets have this form."""


@transaction.atomic
def create_ticket_type(*, account: Account, actor: Actor, values: TicketTypeValues) -> TicketType:
    form = TicketType(account=account, author=actor.user)
    _apply(form, values)
    form.save()
    return form


@transaction.atomic
def update_ticket_type(*, form: TicketType, values: TicketTypeValues) -> TicketType:
    """Change what is given. A field that is given as null goes; values that tickets have of it stay."""
    form = TicketType.objects.select_for_update().get(pk=form.pk)
    _apply(form, values)
    form.save()
    return form


def _apply(form: TicketType, values: TicketTypeValues) -> None:
    form.name = values.get("name", form.name)
    form.static_fields |= values.get("static_fields", {})
    form.capabilities |= values.get("capabilities", {})
    fields = {**form.typed_fields}
    for key, field in values.get("typed_fields", {}).items():
        if field is None:
            fields.pop(key, None)
        elif key in fields:
            fields[key] = fields[key] | field
        else:
            fields[key if FIELD_KEY.fullmatch(key) else new_field_key()] = field
    if len(fields) > MAX_FIELDS:
        raise ValidationError({"typed_fields": _("A form has at most 200 fields.")})
    if incomplete := [key for key, field in fields.items() if not field.get("name") or not field.get("type")]:
        raise ValidationError({f"typed_fields/{key}": _("A field needs a name and a type.") for key in incomplete})
    form.typed_fields = fields
    form.full_clean(exclude=["account", "author"], validate_unique=False, validate_constraints=False)


def delete_ticket_type(*, form: TicketType) -> None:
    """Raise `FormInUseError` where tickets have the form."""
    try:
        with transaction.atomic():
            form.delete()
    except ProtectedError as error:
        raise FormInUseError from error


@transaction.atomic
def assign_ticket_type(
    *, project: Project, form: TicketType, required: Sequence[str], lists: Sequence[FieldListValues]
) -> tuple[ProjectTicketType, bool]:
    """Assign the form to the project, or change how it is assigned. Return the link, and whether it is new."""
    link, is_new = ProjectTicketType.objects.get_or_create(project=project, ticket_type=form)
    link.ticket_type = form
    return update_link(link=link, required=required, lists=lists), is_new


@transaction.atomic
def update_link(
    *, link: ProjectTicketType, required: Sequence[str] | None, lists: Sequence[FieldListValues]
) -> ProjectTicketType:
    if required is not None:
        link.required_fields = _required(link.ticket_type, required)
    link.save()
    for place, values in enumerate(lists):
        _draw_from(link, values, f"included/{place}")
    return link


def _required(form: TicketType, names: Sequence[str]) -> list[str]:
    """Fields of the form, by key or by name, and attributes of tickets."""
    by_name = {field["name"]: key for key, field in form.typed_fields.items()}
    attributes = {field.attname.replace("_", "-") for field in Ticket._meta.concrete_fields}
    keys = [name if name in form.typed_fields else by_name.get(name, name.replace("_", "-")) for name in names]
    if unknown := [key for key in keys if key not in form.typed_fields and key not in attributes]:
        raise ValidationError({"required_fields": _("The form has no field %(name)s.") % {"name": unknown[0]}})
    return list(dict.fromkeys(keys))


def _draw_from(link: ProjectTicketType, values: FieldListValues, place: str) -> None:
    """Say which list a field draws from; the list must be of the same account."""
    lists = ValueList.objects.of(link.project.account)
    drawn = lists.filter(pk=key_in(values.get("list_id", ""))).first()
    if drawn is None:
        raise ValidationError({f"{place}/list_id": _("There is no such list.")})
    field = values.get("field_name", "")
    keys = {each["name"]: key for key, each in link.ticket_type.typed_fields.items()}
    key = field if field in link.ticket_type.typed_fields else keys.get(field, "")
    if link.ticket_type.typed_fields.get(key, {}).get("type") != TicketType.FieldType.LIST:
        raise ValidationError({f"{place}/field_name": _("The form has no list field of this name.")})
    items = [str(item) for item in values.get("list_items", [])]
    known = {name for entry in drawn.entries.all() for name in (str(entry.pk), str(entry.uuid))}
    if not set(items) <= known:
        raise ValidationError({f"{place}/list_items": _("The list has no such entry.")})
    FieldList.objects.update_or_create(
        link=link,
        field_name=key,
        defaults={
            "value_list": drawn,
            "list_items": items,
            "allows_multiple": values.get("allow_multiple_selection", False),
        },
    )


@transaction.atomic
def create_list(*, account: Account, name: str, entries: Sequence[EntryValues]) -> ValueList:
    made = ValueList.objects.create(account=account, name=name)
    _write_entries(made, entries)
    return made


@transaction.atomic
def update_list(*, value_list: ValueList, name: str | None, entries: Sequence[EntryValues]) -> ValueList:
    """Rename the list; change the entries that are named by UUID, and add the others."""
    value_list = ValueList.objects.select_for_update().get(pk=value_list.pk)
    value_list.name = name or value_list.name
    value_list.save()
    _write_entries(value_list, entries)
    return value_list


def _write_entries(value_list: ValueList, entries: Sequence[EntryValues]) -> None:
    known = {entry.uuid: entry for entry in value_list.entries.all()}
    for place, values in enumerate(entries):
        name = values.get("name", "")
        entry = known.get(values.get("uuid") or uuid.uuid4()) or ListEntry(list=value_list)
        entry.uuid = values.get("uuid") or entry.uuid
        entry.name = name or entry.name
        entry.order = values.get("order", entry.order)
        if not entry.name:
            raise ValidationError({f"included/{place}/name": _("This field is required.")})
        if parent := values.get("parent_id"):
            entry.parent = _parent_of(entry, parent, known, place)
        entry.save()
        known[entry.uuid] = entry


def _parent_of(entry: ListEntry, code: str, known: dict[uuid.UUID, ListEntry], place: int) -> ListEntry:
    """Find an entry of the same list, which does not itself stand under this one."""
    parent = next((each for each in known.values() if code in (str(each.pk), str(each.uuid))), None)
    above = parent
    while above is not None and above is not entry:
        above = next((each for each in known.values() if each.pk == above.parent_id), None) if above.parent_id else None
    if parent is None or above is not None:
        raise ValidationError({f"included/{place}/parent_id": _("The list has no such entry to stand under.")})
    return parent

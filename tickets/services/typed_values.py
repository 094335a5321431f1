"""Values of the fields of a form: what a ticket's `typed-values` may hold."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date, time

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Membership
from tickets.models import ListEntry, ProjectTicketType, Ticket, TicketType

Kind = TicketType.FieldType
MAX_CHOICES = 500
SHORT, LONG = 500, 10_000  # characters
MAX_INTEGER = 2**53 - 1  # what JSON in a browser holds exactly
EMPTY: tuple[object, ...] = (None, "", [])


class FieldValueError(Exception):
    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message


def merge(ticket: Ticket, given: dict[str, object], link: ProjectTicketType | None, *, is_complete: bool) -> None:
    """Write the given values into the ticket; an empty one removes its field. Raise `ValidationError` by field.

    What the ticket held before its form had these fields stays. `is_complete`: required fields must be filled in.
    """
    fields = ticket.ticket_type.typed_fields if ticket.ticket_type else {}
    known = _Known(ticket.project.account, fields, given, link)
    errors: dict[str, str | Promise] = {}
    values = dict(ticket.typed_values)
    for key, value in given.items():
        try:
            _put(values, key, value, fields, known)
        except FieldValueError as error:
            errors[place_of(key)] = error.message
    if is_complete and link is not None:
        errors |= _missing(ticket, values, link)
    if errors:
        raise ValidationError(errors)
    ticket.typed_values = values


def place_of(key: str) -> str:
    """Name the place of a value, as a JSON pointer does."""
    return "typed_values/" + key.replace("~", "~0").replace("/", "~1")


def _put(values: dict[str, object], key: str, value: object, fields: dict[str, dict], known: _Known) -> None:
    if value in EMPTY:
        values.pop(key, None)
    elif values.get(key) != value:  # what is there already stays, whatever the form says now
        if key not in fields:
            raise FieldValueError(_("The form has no such field."))
        values[key] = known.read(key, value)


def _missing(ticket: Ticket, values: dict[str, object], link: ProjectTicketType) -> dict[str, str | Promise]:
    """Name the required fields that are empty; other attributes of the ticket may be required as well."""
    message = _("This field is required.")
    errors: dict[str, str | Promise] = {}
    for name in link.required_fields:
        column = str(name).replace("-", "_")
        if name in link.ticket_type.typed_fields:
            if values.get(name) in EMPTY:
                errors[place_of(name)] = message
        elif hasattr(ticket, column) and getattr(ticket, column) in EMPTY:
            errors[column] = message
    return errors


def to_float(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldValueError(_("This must be a number."))
    return value


def to_integer(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_INTEGER:
        raise FieldValueError(_("This must be a whole number."))
    return value


def to_text(value: object, length: int) -> object:
    if not isinstance(value, str):
        raise FieldValueError(_("This must be text."))
    if len(value) > length:
        raise FieldValueError(_("This text is too long."))
    return value


def to_short_text(value: object) -> object:
    return to_text(value, SHORT)


def to_long_text(value: object) -> object:
    return to_text(value, LONG)


def to_boolean(value: object) -> object:
    if not isinstance(value, bool):
        raise FieldValueError(_("This must be true or false."))
    return value


def to_date(value: object) -> object:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat() if isinstance(value, str) else _no_date()
    except ValueError:
        return _no_date()


def _no_date() -> object:
    raise FieldValueError(_("This must be a date such as 2026-11-23."))


def to_time(value: object) -> object:
    try:
        if isinstance(value, str) and time.fromisoformat(value).tzinfo is None:
            return value
    except ValueError:
        pass  # said below
    raise FieldValueError(_("This must be a time such as 16:30."))


def to_check_list(value: object) -> object:
    """Take a list of texts, or of objects such as {"name": "Cleaned", "checked": true}."""
    if not isinstance(value, list) or len(value) > MAX_CHOICES:
        raise FieldValueError(_("This must be a list."))
    for item in value:
        name = item.get("name") if isinstance(item, dict) else item
        to_text(name, SHORT)
    return value


READERS: dict[str, Callable[[object], object]] = {
    Kind.FLOAT: to_float,
    Kind.INTEGER: to_integer,
    Kind.SHORT_TEXT: to_short_text,
    Kind.LONG_TEXT: to_long_text,
    Kind.BOOLEAN: to_boolean,
    Kind.DATE: to_date,
    Kind.TIME: to_time,
    Kind.CHECK_LIST: to_check_list,
}


class _Known:
    """The entries and people that the given values name: at most three queries, however many values."""

    def __init__(
        self,
        account: Account,
        fields: dict[str, dict],
        given: dict[str, object],
        link: ProjectTicketType | None,
    ) -> None:
        self.fields = fields
        kinds = {key: fields[key].get("type") for key in given if key in fields}
        listed = [name for key, kind in kinds.items() if kind == Kind.LIST for name in named(given[key])]
        people = [name for key, kind in kinds.items() if kind == Kind.SUBSCRIPTION for name in named(given[key])]
        self.lists = {each.field_name: each for each in link.field_lists.all()} if link and listed else {}
        self.entries = _entries(account, listed)
        self.people = _people(account, people)

    def read(self, key: str, value: object) -> object:
        kind = self.fields[key].get("type")
        if kind == Kind.LIST:
            return self._entry_ids(key, value)
        if kind == Kind.SUBSCRIPTION:
            return self._user_ids(value)
        return READERS[str(kind)](value)

    def _entry_ids(self, key: str, value: object) -> object:
        drawn = self.lists.get(key)
        many = bool(self.fields[key].get("multiple")) or bool(drawn and drawn.allows_multiple)
        if isinstance(value, list) and not many:
            raise FieldValueError(_("This field takes one entry."))
        found = [self.entries.get(name) for name in named(value)]
        for entry in found:
            if entry is None or (drawn and not _draws(drawn.value_list_id, drawn.list_items, entry)):
                raise FieldValueError(_("The list of this field has no such entry."))
        ids = [str(entry.pk) for entry in found if entry]
        return ids if isinstance(value, list) else ids[0]

    def _user_ids(self, value: object) -> object:
        names = named(value)
        if not set(names) <= self.people:
            raise FieldValueError(_("There is no such user."))
        return names


def _draws(list_id: int, items: list[str], entry: ListEntry) -> bool:
    return entry.list_id == list_id and (not items or str(entry.pk) in items or str(entry.uuid) in items)


def named(value: object) -> list[str]:
    """Return the ids that a value names, as text."""
    values = value if isinstance(value, list) else [value]
    if len(values) > MAX_CHOICES:
        raise ValidationError({"typed_values": _("These values are too large.")})
    return [str(item) for item in values]


def _entries(account: Account, names: Iterable[str]) -> dict[str, ListEntry]:
    numbers, uuids = keys_in(names)
    if not numbers and not uuids:
        return {}
    found: dict[str, ListEntry] = {}
    for entry in ListEntry.objects.filter(Q(pk__in=numbers) | Q(uuid__in=uuids), list__account=account):
        found |= {str(entry.pk): entry, str(entry.uuid): entry}
    return found


def _people(account: Account, names: Iterable[str]) -> set[str]:
    numbers, _uuids = keys_in(names)
    if not numbers:
        return set()
    members = Membership.objects.active().filter(account=account, user_id__in=numbers)
    return {str(key) for key in members.values_list("user_id", flat=True)}


def keys_in(names: Iterable[str]) -> tuple[list[int], list[uuid.UUID]]:
    """Sort ids into numbers and UUIDs; nonsense is neither."""
    numbers, uuids = [], []
    for name in names:
        if name.isascii() and name.isdecimal() and len(name) <= 18:
            numbers.append(int(name))
            continue
        try:
            uuids.append(uuid.UUID(name))
        except ValueError:
            continue
    return numbers, uuids

"""Filters in the address.

Simple: `filter[status_id]=1`. Advanced: `filter[status_id][][predicate]=in&filter[status_id][][value][]=1`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from tickets.api.parser import is_storable_text
from tickets.codes import NUMBERS
from tickets.models import TicketQuerySet
from tokens.api.problems import ProblemError

PARAMETER = re.compile(r"filter\[([^\]]*)\](.*)")
NUMBER = re.compile(r"[0-9]{1,18}")
MAX_VALUES = 500


class Filter(NamedTuple):
    name: str
    predicate: str
    values: list[str]


def to_number(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def to_code(text: str) -> int:
    return NUMBERS.get(text) or to_number(text)


def to_moment(text: str) -> datetime:
    """Read a day, or a moment; without a time zone it is in UTC."""
    found = datetime.fromisoformat(text)
    if not 1900 <= found.year <= 2200:
        raise ValueError(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


FIELDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "uuid": ("uuid", uuid.UUID),
    "status_id": ("status_id", to_code),
    "priority_id": ("priority_id", to_code),
    "assigned_to_id": ("assigned_to_id", to_number),
    "author_id": ("author_id", to_number),
    "project_id": ("project_id", to_number),
    "updated_by_id": ("updated_by_id", to_number),
    "closed_by_id": ("closed_by_id", to_number),
    "sequential_id": ("sequential_id", to_number),
    "progress": ("progress", to_number),
    "subject": ("subject", str),
    "ticket_type_id": ("ticket_type_id", to_number),
    "component_id": ("component_id", to_number),
    "due_date": ("due_date", date.fromisoformat),
    "extension_date": ("extension_date", date.fromisoformat),
    "created_at": ("created_at", to_moment),
    "updated_at": ("updated_at", to_moment),
    "closed_at": ("closed_at", to_moment),
}
LOOKUPS = {"eq": "in", "in": "in", "neq": "in", "not_in": "in", "like": "icontains", "not_like": "icontains"}
LOOKUPS |= {"le": "lte", "ge": "gte"}
NEGATIVE = {"neq", "not_in", "not_like"}
WITHOUT_VALUE = {"has": False, "has_not": True}


def filtered(tickets: TicketQuerySet, query: QueryDict) -> TicketQuerySet:
    """Apply every filter of the address; raise `ProblemError` 400 for what cannot be understood."""
    for wanted in _read(query):
        tickets = tickets.filter(_condition(wanted))
    return tickets


def has_filters(query: QueryDict) -> bool:
    return bool(_read(query))


def filtered_by(tickets: TicketQuerySet, given: dict[str, object]) -> TicketQuerySet:
    """Apply the filters of a body: a value, a list of values, or a list of {"predicate": …, "value": […]}."""
    for name, spec in given.items():
        for wanted in _wanted(name.replace("-", "_"), spec):
            tickets = tickets.filter(_condition(wanted))
    return tickets


def _wanted(name: str, spec: object) -> Iterator[Filter]:
    specs = spec if isinstance(spec, list) else [spec]
    values = [str(each) for each in specs if isinstance(each, str | int)]
    if values:
        yield Filter(name, "in", values)
    for each in specs:
        if isinstance(each, dict):
            value = each.get("value", [])
            many = [str(one) for one in (value if isinstance(value, list) else [value])]
            predicate = str(each.get("predicate", "in"))
            if not many and predicate not in WITHOUT_VALUE:
                raise _bad(name)
            yield Filter(name, predicate, many)
        elif not isinstance(each, str | int):
            raise _bad(name)
    if not specs:
        raise _bad(name)


def _read(query: QueryDict) -> list[Filter]:
    """Collect predicate and values by field, in whichever order the address has them."""
    found: dict[str, Filter] = {}
    for key, values in query.lists():
        if not (match := PARAMETER.fullmatch(key)):
            continue
        name, rest = match[1].replace("-", "_"), match[2]
        entry = found.setdefault(name, Filter(name, "eq", []))
        if rest == "[][predicate]":
            found[name] = entry._replace(predicate=values[-1])
        elif rest in ("", "[]", "[][value][]", "[][value]"):
            entry.values.extend(value for value in values if value or rest)
        else:
            raise _bad(name)
    return [entry for entry in found.values() if entry.values or entry.predicate in WITHOUT_VALUE]


def _condition(wanted: Filter) -> Q:
    if wanted.name not in FIELDS or len(wanted.values) > MAX_VALUES or not all(map(is_storable_text, wanted.values)):
        raise _bad(wanted.name)
    column, convert = FIELDS[wanted.name]
    if wanted.predicate in WITHOUT_VALUE:
        return _emptiness(column, convert, is_empty=WITHOUT_VALUE[wanted.predicate])
    try:
        return _comparison(column, wanted, convert)
    except (ValueError, KeyError, OverflowError):
        raise _bad(wanted.name) from None


def _emptiness(column: str, convert: Callable[[str], object], *, is_empty: bool) -> Q:
    empty = Q(**{column: ""}) if convert is str else Q(**{f"{column}__isnull": True})
    return empty if is_empty else ~empty


def _comparison(column: str, wanted: Filter, convert: Callable[[str], object]) -> Q:
    if wanted.predicate == "between":
        first, last = wanted.values
        return Q(**{f"{column}__gte": convert(first), f"{column}__lte": _end(convert(last), last)})
    lookup = LOOKUPS[wanted.predicate]
    if lookup == "icontains" and convert is not str:
        raise ValueError(wanted.predicate)
    if lookup == "in":
        condition = Q(**{f"{column}__in": [convert(value) for value in wanted.values]})
    else:
        (value,) = wanted.values
        read = convert(value)
        condition = Q(**{f"{column}__{lookup}": _end(read, value) if lookup == "lte" else read})
    return ~condition if wanted.predicate in NEGATIVE else condition


def _end(read: object, text: str) -> object:
    """A day that ends a span of moments belongs to it."""
    if isinstance(read, datetime) and len(text) <= len("2026-11-23"):
        return datetime.combine(read, time.max, read.tzinfo)
    return read


def _bad(name: str) -> ProblemError:
    return ProblemError(400, _("The filter for “%(name)s” cannot be understood.") % {"name": name[:100]})

"""Conditions on a ticket under which a webhook is told of an event: plain data, and one function that decides.

An event of a ticket carries `TicketState`, the attributes as they were then; events of projects carry none and are
never filtered. The numbers are those of the API.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypedDict

from django.utils.translation import gettext_lazy as _

STATUSES = {
    1: _("Open"),
    2: _("In progress"),
    3: _("Resolved"),
    4: _("Feedback"),
    5: _("Closed"),
    6: _("Rejected"),
}
PRIORITIES = {1: _("Low"), 2: _("Normal"), 3: _("High")}


class TicketState(TypedDict):
    """What conditions look at. `changed` names the attributes that the event changed, as the API spells them."""

    uuid: str
    status: int
    priority: int
    assigned_to: int | None
    form: str
    changed: list[str]


class Conditions(TypedDict, total=False):
    """What must hold, all of it; what is missing or empty does not count."""

    statuses: list[int]
    min_priority: int
    assignees: list[int]
    forms: list[str]


def holds(conditions: Mapping[str, Any], ticket: Mapping[str, Any] | None, *, is_update: bool) -> bool:
    """Tell whether a webhook with these conditions is told of an event of this ticket."""
    if not conditions or ticket is None:
        return True
    return (
        _becomes(conditions.get("statuses"), ticket, is_update=is_update)
        and int(ticket["priority"]) >= int(conditions.get("min_priority") or 0)
        and _is_among(ticket["assigned_to"], conditions.get("assignees"))
        and _is_among(ticket["form"], conditions.get("forms"))
    )


def _becomes(statuses: Collection[int] | None, ticket: Mapping[str, Any], *, is_update: bool) -> bool:
    """An update must set one of the statuses; at every other event the ticket must have one of them."""
    return _is_among(ticket["status"], statuses) and (not statuses or not is_update or "status-id" in ticket["changed"])


def _is_among(value: object, wanted: Collection[object] | None) -> bool:
    return not wanted or value in wanted

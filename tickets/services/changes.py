from __future__ import annotations

from tickets.api.values import Attributes
from tickets.models import Ticket
from webhooks.engine.publish import TicketState

Changes = dict[str, dict[str, object]]
# They follow from another change, or from who made it.
NEVER_A_CHANGE = {"updated-at", "updated-on", "server-updated-at", "updated-by-id", "due-date-change-count"}


def changes_between(before: Attributes, after: Attributes) -> Changes:
    """Tell which attributes differ, and from what to what."""
    return {
        name: {"from": before[name], "to": value}
        for name, value in after.items()
        if name not in NEVER_A_CHANGE and before[name] != value
    }


def state_of(ticket: Ticket, changes: Changes | None = None) -> TicketState:
    """Return what webhooks' conditions decide by."""
    return {
        "uuid": str(ticket.uuid),
        "status": int(ticket.status_id),
        "priority": int(ticket.priority_id),
        "assigned_to": ticket.assigned_to_id,
        "form": str(ticket.ticket_type_id or ""),
        "changed": sorted(changes or {}),
    }

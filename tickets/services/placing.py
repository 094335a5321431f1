"""Which form and which layer a ticket has, from the ids that clients send."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from tickets.codes import number_of
from tickets.models import Layer, ProjectTicketType, Ticket

FIRST = 1  # clients that know no form or layer send 1: the first one of the project, if none has this id


def key_in(code: str) -> int:
    """Return the number that a code is or stands for; 0, the key of nothing, for nonsense."""
    number = str(number_of(code))
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 18 else 0


def link_of(project: Project, code: str) -> ProjectTicketType | None:
    """Find the form by its own id or by that of its link to the project; none given: the first. Raise by field."""
    links = project.ticket_type_links.select_related("ticket_type")
    if not code:
        return links.first()
    key = key_in(code)
    found = sorted(links.filter(Q(ticket_type=key) | Q(pk=key)), key=lambda link: link.ticket_type_id != key)
    if not found and key == FIRST:
        found = list(links[:1])
    if not found:
        raise ValidationError({"ticket_type_id": _("There is no such form in this project.")})
    return found[0]


def link_with(ticket: Ticket) -> ProjectTicketType | None:
    """Return how the ticket's form is assigned to its project, if it still is."""
    links = ticket.project.ticket_type_links.select_related("ticket_type")
    return links.filter(ticket_type=ticket.ticket_type_id).first()


def layer_of(project: Project, code: str) -> Layer | None:
    """Find the layer by its id; none given: the first. Raise `ValidationError` by field."""
    layers = project.layers.all()
    if not code:
        return layers.first()
    key = key_in(code)
    found = layers.filter(pk=key).first() or (layers.first() if key == FIRST else None)
    if found is None:
        raise ValidationError({"component_id": _("There is no such layer in this project.")})
    return found

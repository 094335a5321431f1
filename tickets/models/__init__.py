"""Tickets of a project, the journal of what became of them, and the files attached to them."""

from tickets.models.attachment import Attachment, AttachmentQuerySet, random_name
from tickets.models.journal import TICKET_LABELS, Journal, label_of, text_of
from tickets.models.ticket import Ticket, TicketQuerySet

__all__ = [
    "TICKET_LABELS",
    "Attachment",
    "AttachmentQuerySet",
    "Journal",
    "Ticket",
    "TicketQuerySet",
    "label_of",
    "random_name",
    "text_of",
]

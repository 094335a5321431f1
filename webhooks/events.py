"""The catalogue of events. Data only: what exists, how it is called, what it tells."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROJECT_CREATED = "project.created"
PROJECT_UPDATED = "project.updated"
PROJECT_ARCHIVED = "project.archived"
TICKET_CREATED = "ticket.created"
TICKET_UPDATED = "ticket.updated"
TICKET_DELETED = "ticket.deleted"
TICKET_COMMENTED = "ticket.commented"
TICKET_PHOTO_ATTACHED = "ticket.photo_attached"
TICKET_DOCUMENT_ATTACHED = "ticket.document_attached"
TICKET_ATTACHMENT_DELETED = "ticket.attachment_deleted"
WEBHOOK_TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class EventType:
    name: str
    label: str | Promise
    description: str | Promise


CATALOGUE = {
    kind.name: kind
    for kind in [
        EventType(TICKET_CREATED, _("ticket created"), _("A ticket was created.")),
        EventType(
            TICKET_UPDATED,
            _("ticket updated"),
            _("Attributes of a ticket changed; the event has the old and new values."),
        ),
        EventType(TICKET_DELETED, _("ticket deleted"), _("A ticket was deleted; the event holds its last state.")),
        EventType(TICKET_COMMENTED, _("ticket commented"), _("A comment was added to a ticket.")),
        EventType(TICKET_PHOTO_ATTACHED, _("photo attached"), _("A photo was attached to a ticket.")),
        EventType(TICKET_DOCUMENT_ATTACHED, _("document attached"), _("A document was attached to a ticket.")),
        EventType(
            TICKET_ATTACHMENT_DELETED, _("attachment deleted"), _("A photo or document of a ticket was deleted.")
        ),
        EventType(PROJECT_CREATED, _("project created"), _("A project was created.")),
        EventType(
            PROJECT_UPDATED,
            _("project updated"),
            _("Attributes of a project changed; the event has the old and new values."),
        ),
        EventType(PROJECT_ARCHIVED, _("project archived"), _("A project was archived.")),
        EventType(WEBHOOK_TEST, _("test event"), _("Sent from the webhook's page, only to that webhook.")),
    ]
}
SUBSCRIBABLE = [kind for kind in CATALOGUE.values() if kind.name != WEBHOOK_TEST]

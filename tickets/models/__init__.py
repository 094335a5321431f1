"""Tickets of a project, the journal of what became of them, and the files attached to them."""

from tickets.models.attachment import Attachment, AttachmentQuerySet, random_name, random_thumbnail_name
from tickets.models.defaults import give_form, give_form_and_layer
from tickets.models.job import Job
from tickets.models.journal import TICKET_LABELS, Journal, label_of, text_of
from tickets.models.layer import Layer, LayerQuerySet, plan_name
from tickets.models.ticket import Ticket, TicketQuerySet
from tickets.models.ticket_type import FieldList, ProjectTicketType, TicketType
from tickets.models.value_list import ListEntry, ValueList

__all__ = [
    "TICKET_LABELS",
    "Attachment",
    "AttachmentQuerySet",
    "FieldList",
    "Job",
    "Journal",
    "Layer",
    "LayerQuerySet",
    "ListEntry",
    "ProjectTicketType",
    "Ticket",
    "TicketQuerySet",
    "TicketType",
    "ValueList",
    "give_form",
    "give_form_and_layer",
    "label_of",
    "plan_name",
    "random_name",
    "random_thumbnail_name",
    "text_of",
]

"""What the address of an operation names. Ids are text until they are found: nonsense is a 404, as is a foreign id."""

from __future__ import annotations

import re
import uuid

from django.utils.translation import gettext as _
from ninja import Schema

from accounts.models import Project
from tickets.models import Attachment, Ticket, TicketQuerySet
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError

NUMBER = re.compile(r"[1-9][0-9]{0,17}")
ALL_PROJECTS = "0"


class CustomerPath(Schema):
    customer_id: str


class UserPath(CustomerPath):
    user_id: str


class ProjectPath(CustomerPath):
    project_id: str


class TicketPath(ProjectPath):
    uuid: str


class TicketFilesPath(ProjectPath):
    ticket_uuid: str


class AttachmentPath(TicketFilesPath):
    attachment_id: str


def key_of(text: str) -> int:
    """Return the key, or 0 for nonsense, which is the key of nothing."""
    return int(text) if NUMBER.fullmatch(text) else 0


def uuids_in(text: str) -> list[uuid.UUID]:
    """Return the one UUID, or none for nonsense."""
    try:
        return [uuid.UUID(text)]
    except ValueError:
        return []


def find_project(request: ApiRequest, path: ProjectPath) -> Project:
    projects = Project.objects.of(request.auth.account).select_related("account")
    project = projects.filter(pk=key_of(path.project_id)).first()
    if project is None:
        raise ProblemError(404, _("There is no such project."))
    return project


def tickets_at(request: ApiRequest, path: ProjectPath) -> TicketQuerySet:
    """Return the tickets of the project, or of all projects of the account where its id is 0."""
    if path.project_id == ALL_PROJECTS:
        return Ticket.objects.of(request.auth.account)
    return Ticket.objects.filter(project=find_project(request, path))


def find_ticket(request: ApiRequest, path: ProjectPath, ticket_uuid: str) -> Ticket:
    tickets = Ticket.objects.of(request.auth.account).with_people().filter(uuid__in=uuids_in(ticket_uuid))
    if path.project_id != ALL_PROJECTS:
        tickets = tickets.filter(project=key_of(path.project_id))
    if (ticket := tickets.first()) is None:
        raise no_ticket()
    return ticket


def find_attachment(ticket: Ticket, attachment_id: str) -> Attachment:
    found = ticket.attachments.with_people().filter(uuid__in=uuids_in(attachment_id)).first()
    if found is None:
        raise ProblemError(404, _("There is no such attachment."))
    return found


def no_ticket() -> ProblemError:
    return ProblemError(404, _("There is no such ticket."))

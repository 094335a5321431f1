"""What an address is about, of the account that it carries: 404 for anything else."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.access import AccountRequest
from accounts.models import Project
from tickets.models import Attachment, Ticket


def find_project(request: AccountRequest, pk: int) -> Project:
    return get_object_or_404(Project.objects.of(request.account).select_related("account"), pk=pk)


def find_ticket(request: AccountRequest, project_pk: int, uuid: UUID) -> Ticket:
    tickets = Ticket.objects.of(request.account).with_people()
    return get_object_or_404(tickets, project_id=project_pk, uuid=uuid)


def find_attachment(request: AccountRequest, project_pk: int, uuid: UUID, attachment_uuid: UUID) -> Attachment:
    attachments = Attachment.objects.of(request.account).with_people()
    return get_object_or_404(attachments, ticket__project_id=project_pk, ticket__uuid=uuid, uuid=attachment_uuid)

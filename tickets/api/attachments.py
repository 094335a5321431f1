from __future__ import annotations

import base64
import binascii
import re

from django.core.files.base import ContentFile
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router

from tickets import services
from tickets.api import serializers
from tickets.api.pagination import Changing, cut, ordered
from tickets.api.paths import AttachmentPath, TicketFilesPath, find_attachment, find_ticket
from tickets.api.responses import AttachmentPage, AttachmentSingle
from tickets.api.schemas import AttachmentCreate, Document
from tickets.api.values import Resource
from tickets.models import Attachment
from tickets.pages.download import download
from tickets.uploads import MAX_SIZE
from tokens.api.auth import FILE_AUTHENTICATION, ApiRequest
from tokens.api.problems import Problem

router = Router()
FOLDER = "/projects/{project_id}/tickets/{ticket_uuid}/attachments"
DATA_URI = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
SPACE = re.compile(r"\s+")
COLUMNS = {
    "id": "pk",
    "title": "name",
    "attachment_name": "name",
    "caption": "caption",
    "attachable_type": "kind",
    "attachment_type": "kind",
    "created_at": "created_at",
    "created_by": "author_id",
    "size": "size",
}


class AttachmentQuery(Changing):
    types: list[str] = Field([], alias="types[]", description="images, audios, videos, documents")
    only_ticket_attachments: bool = False


@router.get(FOLDER, response=AttachmentPage, summary="List the attachments of a ticket")
def attachment_list(request: ApiRequest, path: Path[TicketFilesPath], query: Query[AttachmentQuery]) -> HttpResponse:
    attachments = find_ticket(request, path, path.ticket_uuid).attachments.with_people()
    if types := query.types or request.GET.getlist("types"):
        attachments = attachments.filter(kind__in=known(types))
    if query.since:
        attachments = attachments.filter(created_at__gt=query.since)
    rows, meta = cut(ordered(attachments, query.sort, COLUMNS), query)
    data = [serializers.attachment(row) for row in rows]
    return JsonResponse({"data": data, "included": included(rows), "meta": meta})


def known(types: list[str]) -> list[str]:
    if set(types) - set(Attachment.Kind.values):
        raise Problem(400, _("The types are images, audios, videos and documents."))
    return types


def included(rows: list[Attachment]) -> list[Resource]:
    """Describe those who attached the files, each once."""
    return [serializers.author(person) for person in {row.author: None for row in rows if row.author}]


@router.post(FOLDER, response={201: AttachmentSingle}, summary="Attach a photo or document to a ticket")
def attachment_create(
    request: ApiRequest, path: Path[TicketFilesPath], body: Document[AttachmentCreate]
) -> HttpResponse:
    given = body.data.attributes
    ticket = find_ticket(request, path, path.ticket_uuid)
    if DATA_URI.match(given.attachment) and not given.attachment_name.strip():
        raise refused("attachment-name", _("A data URI needs the name of the file beside it."))
    row = services.attach_file(
        ticket=ticket,
        actor=request.auth.actor,
        content=ContentFile(decoded(given.attachment)),
        name=given.attachment_name,
        caption=given.caption,
        attachment_uuid=given.uuid,
    )
    return shown(row, status=201)


def decoded(text: str) -> bytes:
    """Return the bytes of a data URI, or of plain base64, which may be broken into lines."""
    encoded = DATA_URI.sub("", text, count=1)
    if len(encoded) > MAX_SIZE * 3 // 2:
        raise Problem(413, _("The file is larger than 25 MiB."))
    try:
        return base64.b64decode(SPACE.sub("", encoded), validate=True)
    except (binascii.Error, ValueError):
        raise refused("attachment", _("This is neither a data URI nor base64.")) from None


def refused(attribute: str, message: str) -> Problem:
    return Problem(422, _("Some attributes are not valid."), errors={attribute: [message]})


def shown(row: Attachment, status: int = 200) -> HttpResponse:
    return JsonResponse({"data": serializers.attachment(row), "included": included([row])}, status=status)


@router.get(FOLDER + "/{attachment_id}", response=AttachmentSingle, summary="Read an attachment")
def attachment_detail(request: ApiRequest, path: Path[AttachmentPath]) -> HttpResponse:
    return shown(find_attachment(request, path))


@router.get(FOLDER + "/{attachment_id}/file", auth=FILE_AUTHENTICATION, include_in_schema=False)
def attachment_file(request: ApiRequest, path: Path[AttachmentPath]) -> HttpResponse:
    return download(request, find_attachment(request, path))


@router.delete(FOLDER + "/{attachment_id}", response={204: None}, summary="Delete an attachment")
def attachment_delete(request: ApiRequest, path: Path[AttachmentPath]) -> HttpResponse:
    services.delete_attachment(attachment=find_attachment(request, path), actor=request.auth.actor)
    return HttpResponse(status=204)

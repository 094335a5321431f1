from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema

from tickets import services
from tickets.api import file_resources
from tickets.api.conditional import right_version, tagged
from tickets.api.pagination import Changing, NotSupported, Text, paginate, sort
from tickets.api.paths import AttachmentPath, ProjectPath, TicketFilesPath, find_attachment, find_ticket, tickets_at
from tickets.api.responses import AttachmentPage, AttachmentSingle
from tickets.api.schemas import AttachmentCreate, AttachmentIds, Document
from tickets.api.upload_body import Upload, read_upload, refused
from tickets.download import download, serve
from tickets.models import Attachment, AttachmentQuerySet, Layer
from tickets.services import AttachmentValues
from tokens.api.auth import FILE_AUTHENTICATION, ApiRequest
from tokens.api.problems import ProblemError
from tokens.api.signed_links import open_signed

router = Router()
nodes = Router()
files = Router()
FOLDER = "/projects/{project_id}/tickets/{ticket_uuid}/attachments"
NODES = "/projects/{project_id}/dms/nodes/ticket_attachments"
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
FRAMED = {
    "type": "object",
    "properties": {
        "data": {"type": "object", "properties": {"attributes": AttachmentCreate.model_json_schema()}},
    },
}
BINARY = {"schema": {"type": "string", "format": "binary"}}
UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "A data URI or base64 as JSON, a form with the file, or the file by itself.",
        "content": {
            "application/json": {"schema": FRAMED},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"data[attributes][attachment]": BINARY["schema"]}}
            },
            "application/octet-stream": BINARY,
        },
    }
}


class AttachmentQuery(Changing):
    types: list[str] = Field([], alias="types[]", description="images, audios, videos, documents")
    only_ticket_attachments: bool = Field(False, description="There are no others.")


class NodeQuery(Changing):
    search: Text = Field("", description="A part of the name.")
    filter: NotSupported = None
    filters: NotSupported = None


class SignedPath(Schema):
    signed: str
    name: str


@router.get(FOLDER, response=AttachmentPage, summary="List the attachments of a ticket")
def attachment_list(request: ApiRequest, path: Path[TicketFilesPath], query: Query[AttachmentQuery]) -> HttpResponse:
    """`included` holds each file, with addresses that open without a key for two hours."""
    attachments = find_ticket(request, path, path.ticket_uuid).attachments.with_people()
    if types := query.types or request.GET.getlist("types"):
        attachments = attachments.filter(kind__in=known(types))
    return listed(request, attachments, query)


@nodes.get(NODES, response=AttachmentPage, summary="List the attachments of a project")
def node_list(request: ApiRequest, path: Path[ProjectPath], query: Query[NodeQuery]) -> HttpResponse:
    """`included` holds each file, with addresses that open without a key for two hours."""
    attachments = Attachment.objects.filter(ticket__in=tickets_at(request, path)).with_people()
    return listed(request, attachments.filter(name__icontains=query.search), query)


def listed(request: ApiRequest, attachments: AttachmentQuerySet, query: Changing) -> HttpResponse:
    if query.since:
        attachments = attachments.filter(created_at__gt=query.since)
    rows, meta = paginate(sort(attachments, query.sort, COLUMNS), query)
    data = [file_resources.attachment(row) for row in rows]
    return JsonResponse({"data": data, "included": file_resources.included(request, rows), "meta": meta})


def known(types: list[str]) -> list[str]:
    if set(types) - set(Attachment.Kind.values):
        raise ProblemError(400, _("The types are images, audios, videos and documents."))
    return types


@router.post(
    FOLDER, response={201: AttachmentSingle}, summary="Attach a photo or document to a ticket", openapi_extra=UPLOAD
)
def attachment_create(request: ApiRequest, path: Path[TicketFilesPath]) -> HttpResponse:
    """A file sent by itself is named in `Content-Disposition: attachment; filename="photo.jpg"`."""
    return attached(request, path)


@nodes.post(NODES + "/{ticket_uuid}", response={201: AttachmentSingle}, summary="Attach a file", openapi_extra=UPLOAD)
def node_create(request: ApiRequest, path: Path[TicketFilesPath]) -> HttpResponse:
    return attached(request, path)


def attached(request: ApiRequest, path: TicketFilesPath) -> HttpResponse:
    ticket = find_ticket(request, path, path.ticket_uuid)
    upload = read_upload(request)
    if upload.content is None:
        raise refused("attachment", _("This is required."))
    given = upload.attributes
    row = services.attach_file(
        ticket=ticket,
        actor=request.auth.actor,
        content=upload.content,
        name=given.attachment_name,
        caption=given.caption,
        attachment_uuid=given.uuid,
    )
    return shown(request, row, status=201)


@router.post(FOLDER + "/batch_delete", response={204: None}, summary="Delete attachments")
def attachment_batch_delete(
    request: ApiRequest, path: Path[TicketFilesPath], body: Document[AttachmentIds]
) -> HttpResponse:
    """Delete all of them; where one is not there, none."""
    ticket = find_ticket(request, path, path.ticket_uuid)
    wanted = dict.fromkeys(body.data.attributes.attachment_ids)
    rows = [find_attachment(ticket, attachment_id) for attachment_id in wanted]
    services.delete_attachments(attachments=rows, actor=request.auth.actor)
    return HttpResponse(status=204)


def shown(request: ApiRequest, row: Attachment, status: int = 200) -> HttpResponse:
    """Answer with the attachment. Its version is that of its data: the addresses in `included` change by the hour."""
    data = file_resources.attachment(row)
    body = {"data": data, "included": file_resources.included(request, [row])}
    return tagged(JsonResponse(body, status=status), data)


@router.get(FOLDER + "/{attachment_id}", response=AttachmentSingle, summary="Read an attachment")
def attachment_detail(request: ApiRequest, path: Path[AttachmentPath]) -> HttpResponse:
    return shown(request, found(request, path))


def found(request: ApiRequest, path: AttachmentPath) -> Attachment:
    return find_attachment(find_ticket(request, path, path.ticket_uuid), path.attachment_id)


@router.put(
    FOLDER + "/{attachment_id}", response=AttachmentSingle, summary="Update an attachment", openapi_extra=UPLOAD
)
def attachment_update(request: ApiRequest, path: Path[AttachmentPath]) -> HttpResponse:
    """Change the caption or the name, or put another file in its place."""
    upload = read_upload(request)
    with right_version(request, lambda: found(request, path), file_resources.attachment) as row:
        row = services.update_attachment(attachment=row, actor=request.auth.actor, values=values_of(upload))
    return shown(request, row)


def values_of(upload: Upload) -> AttachmentValues:
    given, values = upload.attributes.model_fields_set, AttachmentValues()
    if "caption" in given:
        values["caption"] = upload.attributes.caption
    if upload.attributes.attachment_name:
        values["name"] = upload.attributes.attachment_name
    if upload.content is not None:
        values["content"] = upload.content
    return values


@router.get(FOLDER + "/{attachment_id}/file", auth=FILE_AUTHENTICATION, include_in_schema=False)
def attachment_file(request: ApiRequest, path: Path[AttachmentPath]) -> HttpResponse:
    return download(request, found(request, path))


@router.delete(FOLDER + "/{attachment_id}", response={204: None}, summary="Delete an attachment")
def attachment_delete(request: ApiRequest, path: Path[AttachmentPath]) -> HttpResponse:
    with right_version(request, lambda: found(request, path), file_resources.attachment) as row:
        services.delete_attachment(attachment=row, actor=request.auth.actor)
    return HttpResponse(status=204)


@files.get("/files/{signed}/{name}", auth=None, include_in_schema=False)
def signed_file(request: HttpRequest, path: Path[SignedPath]) -> HttpResponse:
    """Open a file for who holds its signed address. The name is there for those who look for an ending."""
    subject, account = open_signed(request, path.signed)
    key, variant = subject[:-1], subject[-1]
    if variant == file_resources.PLAN:
        layer = get_object_or_404(Layer.objects.of(account).exclude(plan=""), uuid=key)
        response = serve(request, layer.plan, layer.plan_file_name, layer.plan_content_type)
    else:
        row = get_object_or_404(Attachment.objects.of(account), uuid=key)
        is_thumbnail = variant == file_resources.THUMBNAIL and bool(row.thumbnail)
        response = download(request, row, is_thumbnail=is_thumbnail)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

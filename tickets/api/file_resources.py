"""Attachments as clients read them: an entry in `data`, and its file in `included` with addresses that need no key."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from tickets.api import serializers
from tickets.api.values import Attributes, LinkedResource, Resource
from tickets.models import Attachment, Layer
from tokens.api import signed_links
from tokens.api.auth import ApiRequest

FILE, THUMBNAIL, PLAN = "f", "t", "p"
# Per kind of file: the type of its resource, and what its attributes begin with.
RESOURCES = {
    Attachment.Kind.PHOTO: ("defectradar-issue-images", "image"),
    Attachment.Kind.VIDEO: ("ticket-videos", "video"),
    Attachment.Kind.AUDIO: ("defectradar-issue-audios", "audio"),
    Attachment.Kind.DOCUMENT: ("documents", "document"),
}


def attachment(row: Attachment) -> LinkedResource:
    return {**serializers.attachment(row), "type": "ticket-attachment"}


def included(request: ApiRequest, rows: Sequence[Attachment]) -> list[Resource]:
    """Describe the files, joined to `data` by their id, and those who attached them, each once."""
    people = [serializers.author(person) for person in {row.author: None for row in rows if row.author}]
    return [*(file_of(request, row) for row in rows), *people]


def file_of(request: ApiRequest, row: Attachment) -> Resource:
    kind, begin = RESOURCES[Attachment.Kind(row.kind)]
    attributes: Attributes = {
        "id": str(row.uuid),
        "attachable-id": str(row.uuid),
        "running-number": row.pk,
        f"{begin}-url": address(request, row, FILE),
        f"{begin}-content-type": row.content_type,
        f"{begin}-file-name": row.name,
        f"{begin}-file-size": row.size,
    }
    if row.is_photo:
        attributes["image-url-thumb"] = address(request, row, THUMBNAIL)
    return {"id": str(row.uuid), "type": kind, "attributes": attributes}


def address(request: ApiRequest, row: Attachment, variant: str) -> str:
    """Return an absolute address that opens without a key; its last part is there for what looks for an ending."""
    return _signed(request, f"{row.uuid.hex}{variant}", row.name)


def plan_address(request: ApiRequest, row: Layer) -> str | None:
    """Return the address of a layer's plan, if it has one."""
    return _signed(request, f"{row.uuid.hex}{PLAN}", row.plan_file_name) if row.plan else None


def _signed(request: ApiRequest, subject: str, name: str) -> str:
    signed = signed_links.sign(request, subject)
    return f"{request.scheme}://{request.get_host()}/api/files/{signed}/{quote(name, safe='')}"

"""What a request uploads: a data URI or base64 in JSON, a form with a file, or the file as the body itself."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import cast

from django.core.files.base import ContentFile, File
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from ninja.errors import ValidationError
from pydantic import ValidationError as Invalid

from tickets.api.form_body import is_form
from tickets.api.parser import JsonBody, is_json, is_storable_text
from tickets.api.schemas import AttachmentCreate, Document
from tickets.uploads import KNOWN, MAX_SIZE
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError

DATA_URI = re.compile(r"data: ?[^,]{0,200};base64,", re.IGNORECASE)
SPACE = re.compile(r"\s+")
RAW = KNOWN | {"application/octet-stream", "image/jpg"}


@dataclass(frozen=True, slots=True)
class Upload:
    """What is given; `content` is None where no file is."""

    content: File | None
    attributes: AttachmentCreate


def read_upload(request: ApiRequest) -> Upload:
    """Raise `ProblemError` or `ValidationError` for what cannot be read."""
    content_type = (request.content_type or "").lower()
    if not is_json(content_type) and not is_form(content_type):
        return _raw(request, content_type)
    body = JsonBody().parse_body(request)
    attributes = _attributes_in(body)
    given = attributes.get("attachment")
    if isinstance(given, File):
        attributes |= {"attachment": "file", "attachment-name": attributes.get("attachment-name") or given.name or ""}
    read = _validated(body)
    if isinstance(given, File):
        return Upload(given, read)
    return Upload(_decoded(read) if read.attachment is not None else None, read)


def _attributes_in(body: object) -> dict[str, object]:
    """Return the attributes of the body for changing, or none where it is not shaped like that."""
    for name in ("data", "attributes"):
        body = cast(dict[str, object], body).get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else {}


def _validated(body: dict[str, object]) -> AttachmentCreate:
    try:
        return Document[AttachmentCreate].model_validate(body).data.attributes
    except Invalid as error:
        found = error.errors(include_url=False, include_input=False)
        raise ValidationError([{**one, "loc": ("body", "body", *one["loc"])} for one in found]) from None


def _raw(request: ApiRequest, content_type: str) -> Upload:
    """Take the body as the file; its name stands in Content-Disposition, its caption in the address."""
    if content_type not in RAW:
        raise ProblemError(415, _("Send the file as JSON, as a form, or by itself with its own content type."))
    _kind, parameters = parse_header_parameters(request.headers.get("Content-Disposition", ""))
    name, caption = parameters.get("filename", ""), request.GET.get("caption", "")
    if not is_storable_text(name + caption):
        raise ProblemError(400, _("The body holds a character or number that cannot be stored."))
    attributes = AttachmentCreate(attachment="file", attachment_name=name, caption=caption)
    return Upload(ContentFile(request.body), attributes)


def _decoded(given: AttachmentCreate) -> File:
    """Return the bytes of a data URI, or of plain base64, which may be broken into lines."""
    text = given.attachment or ""
    if DATA_URI.match(text) and not given.attachment_name.strip():
        raise refused("attachment-name", _("A data URI needs the name of the file beside it."))
    encoded = DATA_URI.sub("", text, count=1)
    if len(encoded) > MAX_SIZE * 3 // 2:
        raise ProblemError(413, _("The file is larger than 25 MiB."))
    try:
        return ContentFile(base64.b64decode(SPACE.sub("", encoded), validate=True))
    except (binascii.Error, ValueError):
        raise refused("attachment", _("This is neither a data URI nor base64.")) from None


def refused(attribute: str, message: str) -> ProblemError:
    return ProblemError(422, _("Some attributes are not valid."), errors={attribute: [message]})

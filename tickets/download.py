"""Handing out uploaded files so that a browser never runs them."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import cast

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from tickets.models import Attachment
from tickets.uploads import ENDINGS, INLINE, KNOWN

UNNAMED = "application/octet-stream"


def download(request: HttpRequest, attachment: Attachment, *, is_thumbnail: bool = False) -> HttpResponse:
    """Stream the attachment, or its thumbnail."""
    file = attachment.thumbnail if is_thumbnail else attachment.file
    content_type = "image/jpeg" if is_thumbnail else attachment.content_type
    return serve(request, file, attachment.name, content_type)


def serve(request: HttpRequest, file: FieldFile, name: str, content_type: str) -> HttpResponse:
    """Stream a stored file. Raster images may be shown, all else is saved; nothing may run."""
    tag = f'"{hashlib.sha256(str(file.name).encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:  # what is stored never changes, so a browser that names it has it
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = _content(file, named(name, content_type), content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["ETag"] = tag
    patch_vary_headers(response, ["Cookie", "Authorization", "X-PlanRadar-API-Key"])
    return response


def named(name: str, content_type: str) -> str:
    """Give the name an ending that fits its content, where it has another one: the ending decides what opens it."""
    endings = ENDINGS.get(content_type, ())
    if not endings or PurePosixPath(name).suffix.lower() in endings:
        return name
    return f"{name}{endings[0]}"


def _content(file: FieldFile, name: str, content_type: str) -> HttpResponse:
    try:
        content = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=content_type not in INLINE,
        filename=name,
        content_type=content_type if content_type in KNOWN else UNNAMED,
    )
    return cast(HttpResponse, response)  # which stands for streams as well, wherever views are typed

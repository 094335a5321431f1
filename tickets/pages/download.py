"""Handing out uploaded files so that a browser never runs them."""

from __future__ import annotations

from typing import cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from tickets.models import Attachment
from tickets.uploads import INLINE, KNOWN

UNNAMED = "application/octet-stream"


def download(request: HttpRequest, attachment: Attachment) -> HttpResponse:
    """Stream the file. Raster images may be shown, all else is saved; nothing may run, and only the reader keeps it."""
    is_image = attachment.content_type in INLINE
    response = _content(request, attachment, is_image=is_image)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["ETag"] = f'"{attachment.uuid.hex}"'
    patch_vary_headers(response, ["Cookie", "Authorization", "X-PlanRadar-API-Key"])
    return cast(HttpResponse, response)  # which stands for streams as well, wherever views are typed


def _content(request: HttpRequest, attachment: Attachment, *, is_image: bool) -> HttpResponseBase:
    """A file never changes, so a browser that names it has it."""
    if request.headers.get("If-None-Match") == f'"{attachment.uuid.hex}"':
        return HttpResponseNotModified()
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=not is_image,
        filename=attachment.name,
        content_type=attachment.content_type if attachment.content_type in KNOWN else UNNAMED,
    )

"""How large the body of a request may be, by its address and by whether it shows a key. Asked before it is read."""

from __future__ import annotations

import re

from django.http import HttpRequest

WITHOUT_KEY = 16 * 1024  # bytes; 100 leaked tokens need 8 KiB
JSON_BODY = 1024 * 1024
FILE_BODY = 40 * 1024 * 1024  # a photo of 25 MiB in base64, and its frame
KEY_HEADERS = ("HTTP_X_PLANRADAR_API_KEY", "HTTP_AUTHORIZATION")
TAKES_FILES = re.compile(
    r"/api/v[12]/[^/]+/projects/[^/]+/"
    r"(?:tickets/[^/]+/attachments(?:/[^/]+)?|dms/nodes/ticket_attachments/[^/]+|components(?:/[^/]+)?)"
)


def most_bytes(request: HttpRequest) -> int:
    """Return the most bytes that the body may have."""
    if not any(request.META.get(name) for name in KEY_HEADERS):
        return WITHOUT_KEY
    return FILE_BODY if TAKES_FILES.fullmatch(request.path_info) else JSON_BODY

"""Reading the JSON of a request, and refusing what the database or a receiver could not take."""

from __future__ import annotations

import json
import math
import re
from typing import cast

from django.core.files.base import File
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from tickets.api.form_body import is_form, read_form
from tokens.api.problems import ProblemError

MAX_DEPTH = 20
MAX_MEMBERS = 50_000  # a hundred tickets with all that they may hold are some 10,000
MAX_INTEGER = 2**63 - 1
# What the shape of JSON consists of. Text is skipped in one step, so that braces in it do not count.
SHAPE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
OPENING, CLOSING = {b"[", b"{"}, {b"]", b"}"}


class JsonBody(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, object]:
        """Raise `ProblemError` 415 for another content type, 400 for what cannot be read or stored."""
        if is_form(request.content_type or ""):
            form = read_form(request)
            check(form)
            return form
        if not is_json(request.content_type or ""):
            raise ProblemError(415, _("Send the body as application/json or as a form."))
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            raise ProblemError(415, _("Send the body in UTF-8."))
        return cast(dict[str, object], read_json(request.body))


def read_json(content: bytes) -> object:
    """Return what the bytes say, in JSON and UTF-8, once their shape is known to be small."""
    check_shape(content)
    try:
        body: object = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # a wrong encoding and endless digits are ValueErrors
        raise ProblemError(400, _("The body is not JSON.")) from None
    check(body)
    return body


def check_shape(content: bytes) -> None:
    """Count depth and members before anything becomes an object: two bytes may cost a hundred then."""
    depth = members = 0
    for match in SHAPE.finditer(content):
        mark = match[0] if match.end() - match.start() == 1 else b""
        depth += (mark in OPENING) - (mark in CLOSING)
        members += mark in OPENING or mark == b","
        if depth > MAX_DEPTH:
            raise ProblemError(400, _("The body is nested too deeply."))
        if members > MAX_MEMBERS:
            raise ProblemError(400, _("The body holds too many values."))


def is_json(content_type: str) -> bool:
    content_type = content_type.lower()
    return content_type == "application/json" or (
        content_type.startswith("application/") and content_type.endswith("+json")
    )


def check(body: object) -> None:
    """Refuse NUL characters, half characters and numbers without end. The depth is known to be small."""
    level = [body]
    while level:
        deeper: list[object] = []
        for value in level:
            if isinstance(value, dict):
                deeper += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                deeper += value
            elif not _is_storable(value):
                raise ProblemError(400, _("The body holds a character or number that cannot be stored."))
        level = deeper


def _is_storable(value: object) -> bool:
    if isinstance(value, str):
        return is_storable_text(value)
    if isinstance(value, File):
        return is_storable_text(value.name or "")
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or abs(value) <= MAX_INTEGER


def is_storable_text(text: str) -> bool:
    if "\x00" in text:
        return False
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)

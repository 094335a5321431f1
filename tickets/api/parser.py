"""Reading the JSON of a request, and refusing what the database or a receiver could not take."""

from __future__ import annotations

import json
import math
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from tokens.api.problems import Problem

MAX_DEPTH = 20
MAX_INTEGER = 2**63 - 1


class JsonBody(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Raise `Problem` 415 for another content type, 400 for what is not JSON or not storable."""
        if not is_json(request.content_type or ""):
            raise Problem(415, _("Send the body as application/json."))
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):  # a wrong encoding and endless digits are ValueErrors
            raise Problem(400, _("The body is not JSON.")) from None
        check(body)
        return body


def is_json(content_type: str) -> bool:
    content_type = content_type.lower()
    return content_type == "application/json" or (
        content_type.startswith("application/") and content_type.endswith("+json")
    )


def check(body: object) -> None:
    """Refuse NUL characters, half characters, numbers without end, and nesting without end."""
    level = [body]
    for _depth in range(MAX_DEPTH):
        deeper: list[object] = []
        for value in level:
            if isinstance(value, dict):
                deeper += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                deeper += value
            elif not _is_storable(value):
                raise Problem(400, _("The body holds a character or number that cannot be stored."))
        if not deeper:
            return
        level = deeper
    raise Problem(400, _("The body is nested too deeply."))


def _is_storable(value: object) -> bool:
    if isinstance(value, str):
        return is_storable_text(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or abs(value) <= MAX_INTEGER


def is_storable_text(text: str) -> bool:
    if "\x00" in text:
        return False
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)

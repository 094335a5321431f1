"""Bodies of forms, urlencoded or multipart, whose names hold brackets: `data[][attributes][layers][][name]`."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import StopUpload
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from tokens.api.problems import ProblemError

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
PART = re.compile(r"\[([^\[\]]*)\]")
MAX_DEPTH = 20
Node = dict[str, object]


def is_form(content_type: str) -> bool:
    return content_type.lower() in (URLENCODED, MULTIPART)


def read_form(request: HttpRequest) -> Node:
    """Return the form as the objects and lists that its names describe; files stay files. Raise `ProblemError` 400."""
    root: Node = {}
    try:
        for name, value in _pairs(request):
            _put(root, _parts(name), value)
    except (MultiPartParserError, BadRequest, StopUpload, UnicodeError, AttributeError, KeyError):
        raise ProblemError(400, _("The form cannot be read.")) from None
    return root


def _pairs(request: HttpRequest) -> Iterator[tuple[str, object]]:
    """Yield names and values; Django reads forms of POST alone."""
    fields: QueryDict
    if request.method == "POST":
        fields, files = request.POST, request.FILES
    elif (request.content_type or "").lower() == MULTIPART:
        fields, files = request.parse_file_upload(request.META, io.BytesIO(request.body))
    else:
        fields, files = QueryDict(request.body, encoding="utf-8"), None
    for name, values in fields.lists():
        yield from ((name, value) for value in values)
    for name, uploads in files.lists() if files else ():
        yield from ((name, upload) for upload in uploads)


def _parts(name: str) -> list[str]:
    match = NAME.fullmatch(name)
    parts = [match[1], *PART.findall(match[2])] if match else []
    if not 0 < len(parts) <= MAX_DEPTH:
        raise ProblemError(400, _("The form cannot be read."))
    return parts


def _put(node: Node, parts: list[str], value: object) -> None:
    """Write the value where the parts lead; empty brackets begin another entry once the last one has that name."""
    name, rest = parts[0], parts[1:]
    if not rest:
        node[name] = value
    elif rest[0]:
        _put(_child(node.setdefault(name, {})), rest, value)
    else:
        entries = node.setdefault(name, [])
        if not isinstance(entries, list):
            raise ProblemError(400, _("The form cannot be read."))
        if not rest[1:]:
            entries.append(value)
            return
        if not entries or _holds(entries[-1], rest[1:]):
            entries.append({})
        _put(_child(entries[-1]), rest[1:], value)


def _child(value: object) -> Node:
    if not isinstance(value, dict):
        raise ProblemError(400, _("The form cannot be read."))
    return value


def _holds(node: object, parts: list[str]) -> bool:
    if not isinstance(node, dict) or parts[0] not in node:
        return False
    return len(parts) == 1 or (bool(parts[1]) and _holds(node[parts[0]], parts[1:]))

"""Versions of single resources: `ETag` on reads, `If-Match` before changes, so that no update gets lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from django.http import HttpResponse
from django.utils.translation import gettext as _

from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError


def tag_of(resource: Mapping[str, object]) -> str:
    text = json.dumps(resource, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def tagged(response: HttpResponse, resource: Mapping[str, object]) -> HttpResponse:
    response.headers["ETag"] = tag_of(resource)
    return response


def ensure_match(request: ApiRequest, resource: Mapping[str, object]) -> None:
    """Raise `ProblemError` 412 where the request changes another version. A packed answer has a weak tag."""
    wanted = request.headers.get("If-Match", "*")
    tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    if not tags & {"*", tag_of(resource)}:
        raise ProblemError(412, _("This has been changed since you read it. Read it again, then change that version."))

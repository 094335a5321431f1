"""Versions of single resources: `ETag` on reads, `If-Match` before changes, so that no update gets lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.utils.translation import gettext as _

from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError

Row = TypeVar("Row", bound=Model)


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


@contextmanager
def right_version(
    request: ApiRequest,
    find: Callable[[], Row],
    version: Callable[[Row], Mapping[str, object]],
    lock: Callable[[Row], object] | None = None,
) -> Iterator[Row]:
    """Yield the row that is to be changed, in a transaction. Raise `ProblemError` 412 where `If-Match` names another.

    Where it names one, the row is locked, so that it stays that version until it is changed. `lock` locks what the
    change itself would lock first, where that is not the row.
    """
    with transaction.atomic():
        row = find()
        if "If-Match" in request.headers:
            (lock or _lock)(row)
            row = find()
            ensure_match(request, version(row))
        yield row


def _lock(row: Model) -> None:
    list(type(row)._base_manager.select_for_update().filter(pk=row.pk).values_list("pk"))

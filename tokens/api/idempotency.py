"""`Idempotency-Key`: a POST that is sent again does nothing again, and is answered as it was."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tokens.api.auth import ApiRequest, Caller
from tokens.api.problems import ProblemError
from tokens.models import KeptAnswer
from tokens.models.idempotency import KEPT

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEY = re.compile(r"[!-~]{1,255}")

P = ParamSpec("P")
View = Callable[Concatenate[ApiRequest, P], HttpResponse]


def idempotent(view: View[P]) -> View[P]:
    """Keep the answer of a POST that names a key, in the transaction that does its work.

    A second request with the key waits for the first. What failed is not kept: it changed nothing.
    """

    @wraps(view)
    def kept(request: ApiRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = request.headers.get(HEADER)
        if request.method != "POST" or key is None or not isinstance(getattr(request, "auth", None), Caller):
            return view(request, *args, **kwargs)
        if not KEY.fullmatch(key):
            raise ProblemError(400, _("An Idempotency-Key has 1 to 255 visible ASCII characters."))
        with transaction.atomic():
            row = _row(request, key)
            if row.status is not None:
                return _replayed(row)
            response = view(request, *args, **kwargs)
            row.status, row.content = response.status_code, response.content.decode()
            row.content_type = response.headers.get("Content-Type", "")
            row.save(update_fields=["status", "content", "content_type"])
            return response

    return kept


def _row(request: ApiRequest, key: str) -> KeptAnswer:
    """Return the row of the key, locked until the transaction ends. Raise `ProblemError` 422 where it is another's."""
    membership, fingerprint, now = request.auth.membership, _digest(request), timezone.now()
    KeptAnswer.objects.filter(membership=membership, key=key, created_at__lt=now - KEPT).delete()
    mine = KeptAnswer(membership=membership, key=key, request=fingerprint, created_at=now)
    KeptAnswer.objects.bulk_create([mine], ignore_conflicts=True)  # waits for another that inserts it just now
    row = KeptAnswer.objects.select_for_update().get(membership=membership, key=key)
    if row.request != fingerprint:
        raise ProblemError(422, _("This Idempotency-Key was used for another request. Choose another key."), errors={})
    return row


def _digest(request: ApiRequest) -> str:
    text = f"{request.method} {request.get_full_path()} {request.content_type}\n".encode()
    return hashlib.sha256(text + request.body).hexdigest()


def _replayed(row: KeptAnswer) -> HttpResponse:
    response = HttpResponse(row.content, status=row.status, content_type=row.content_type or None)
    response.headers[REPLAYED] = "true"
    return response

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from pydantic import SecretStr

from tokens import leaks
from tokens.api.throttle import count
from tokens.networks import address_of

MOST_TOKENS = 100
RATE = "10/m"  # reports of one address

router = Router()


class LeakedTokens(Schema):
    tokens: list[Annotated[SecretStr, Field(max_length=500)]] = Field(
        max_length=MOST_TOKENS, description="What looks like tokens of ours, up to 100 of them."
    )


class Thanks(Schema):
    detail: str


def count_report(request: HttpRequest) -> bool:
    """Count the report before its body is read."""
    count(request, group="tokens.leaked", rate=RATE)
    return True


@router.post("/leaked_tokens", auth=count_report, response={202: Thanks}, summary="Report leaked tokens")
def leaked_tokens(request: HttpRequest, body: LeakedTokens) -> HttpResponse:
    """Revoke leaked tokens. No key is needed; the answer is always the same.

    Live tokens stop working within seconds. Their users and the account owners are notified by mail.
    """
    leaks.report([text.get_secret_value() for text in body.tokens], ip=address_of(request))
    return JsonResponse({"detail": _("Thank you. Tokens among these that were live are not any more.")}, status=202)

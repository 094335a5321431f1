from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from pydantic import SecretStr

from lib.timing import at_least
from tokens import leaks
from tokens.api.throttle import count
from tokens.networks import address_of

MOST_TOKENS = 100
RATE = "10/m"  # reports of one address
# Seconds, whatever is known of the tokens: the time taken tells as little as the answer.
ANSWER_AFTER, FOR_EACH = 0.5, 0.03

router = Router()


class LeakedTokens(Schema):
    tokens: list[Annotated[SecretStr, Field(max_length=500)]] = Field(
        max_length=MOST_TOKENS, description="What looks like tokens of ours, up to 100 of them."
    )


class Thanks(Schema):
    detail: str


@router.post("/leaked_tokens", auth=None, response={202: Thanks}, summary="Report leaked tokens")
def leaked_tokens(request: HttpRequest, body: LeakedTokens) -> HttpResponse:
    """End tokens that became public. No key is needed; the answer is always the same.

    Tokens that are live stop working at once. Their users and the account owners are told by mail.
    """
    count(request, group="tokens.leaked", rate=RATE)
    with at_least(ANSWER_AFTER + FOR_EACH * len(body.tokens)):
        found = {next(leaks.find(text.get_secret_value()), "") for text in body.tokens}
        leaks.revoke(found, ip=address_of(request), now=timezone.now())
    return JsonResponse({"detail": _("Thank you. Tokens among these that were live are not any more.")}, status=202)

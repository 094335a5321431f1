"""Addresses that open one thing without a key, for about two hours: clients hand them to other services.

They end early with the token that asked for them, and all at once when `SECRET_KEY` retires.
"""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.rights import may_use_api
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError
from tokens.models import PersonalAccessToken
from tokens.models.token import AGENT_LENGTH
from tokens.networks import address_of

LIFE = 2 * 60 * 60  # seconds, at least
STEP = 15 * 60  # by which it may be longer: within it the same thing has the same address, which caches like


def _signer() -> Signer:
    return Signer(sep="~", salt="tokens.signed-links")


def sign(request: ApiRequest, subject: str) -> str:
    """Return what stands for the subject, a few letters without dots, in an address."""
    now = int(timezone.now().timestamp())
    return _signer().sign(f"{subject}.{request.auth.token.pk}.{(now // STEP + 1) * STEP + LIFE}")


def open_signed(request: HttpRequest, signed: str) -> tuple[str, Account]:
    """Return the subject, and the account that it must belong to; note the use of the token. Raise `ProblemError`."""
    try:
        subject, token_pk, expires = _signer().unsign(signed).split(".")
    except (BadSignature, ValueError):
        raise ProblemError(404, _("There is nothing at this address.")) from None
    now = timezone.now()
    if int(expires) < now.timestamp():
        raise ProblemError(
            403, _("This link has expired. Read the attachment again for another one."), kind="link-expired"
        )
    token = PersonalAccessToken.objects.with_people().filter(pk=int(token_pk), revoked_at=None).first()
    if token is None or not may_use_api(token.membership):
        raise ProblemError(403, _("The token that this link belongs to has been revoked."), kind="link-expired")
    agent = "".join(filter(str.isprintable, request.headers.get("User-Agent", "")))
    token.mark_used(address_of(request) or None, agent[:AGENT_LENGTH], now)
    return subject, token.account

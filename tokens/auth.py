"""Who calls the API: a token in `X-PlanRadar-API-Key`, or in `Authorization: Bearer`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.urls import ResolverMatch
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import APIKeyHeader, HttpBearer

from accounts.actors import Actor
from accounts.models import Account, Membership
from accounts.rights import may_use_api
from tokens import limits, secrets
from tokens.models import PersonalAccessToken
from tokens.problems import Problem


@dataclass(frozen=True, slots=True)
class Caller:
    """The user, in the account, on whose behalf a request to the API acts."""

    token: PersonalAccessToken

    @property
    def membership(self) -> Membership:
        return self.token.membership

    @property
    def account(self) -> Account:
        return self.token.account

    @property
    def actor(self) -> Actor:
        return Actor(self.membership.user, via="token", token=self.token.name)


class ApiRequest(HttpRequest):
    """A request to the API: `auth` is there once it is known who calls, `standing` once it is counted."""

    auth: Caller
    standing: limits.Standing
    resolver_match: ResolverMatch


def authenticate(request: ApiRequest, secret: str | None, *, answers_json: bool = True) -> Caller | None:
    """Return the caller, or None for a key that opens nothing; the reason is nobody's business.

    A wrong checksum is refused before any database work. Everything that may have been taken away meanwhile is
    looked at on every request, in one query (R-A2).
    """
    if not secret or not secrets.is_well_formed(secret):
        return None
    token = PersonalAccessToken.objects.with_secret(secret)
    if token is None or not may_use_api(token.membership):
        return None
    caller = Caller(token)
    request.standing = limits.hit(caller.account)
    if not request.standing.allowed:
        raise Problem(429, _("The account's limit of requests is used up."))
    if request.resolver_match.kwargs.get("customer_id") != str(caller.account.pk):
        raise Problem(404, _("There is no such customer, or the token belongs to another one."))
    if answers_json and not request.accepts("application/json"):
        raise Problem(406, _("The API answers in JSON alone. Accept application/json."))
    token.note_use(request.META["REMOTE_ADDR"], timezone.now())
    return caller


class ApiKey(APIKeyHeader):
    param_name = "X-PlanRadar-API-Key"

    def __init__(self, *, answers_json: bool = True) -> None:
        super().__init__()
        self.answers_json = answers_json

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        return authenticate(cast(ApiRequest, request), key, answers_json=self.answers_json)


class Bearer(HttpBearer):
    def __init__(self, *, answers_json: bool = True) -> None:
        super().__init__()
        self.answers_json = answers_json

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Leave other schemes alone; the library would write their secrets into the log."""
        scheme, _space, secret = request.headers.get(self.header, "").partition(" ")
        return self.authenticate(request, secret) if scheme.lower() == self.openapi_scheme else None

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        return authenticate(cast(ApiRequest, request), token, answers_json=self.answers_json)


AUTHENTICATION = [ApiKey(), Bearer()]
FILE_AUTHENTICATION = [ApiKey(answers_json=False), Bearer(answers_json=False)]

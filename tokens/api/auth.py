"""Who calls the API: a token in `X-PlanRadar-API-Key`, or in `Authorization: Bearer`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.urls import ResolverMatch
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import APIKeyHeader, HttpBearer

from accounts.actors import Actor, user_agent_of
from accounts.models import Account, Membership
from accounts.rights import may_use_api
from tokens import emails, lookup, refusals, token_format
from tokens.api.problems import MEDIA_TYPES, ProblemError
from tokens.api.throttle import count_failed_key
from tokens.models import PersonalAccessToken, TokenRefusal
from tokens.models.token import AGENT_LENGTH
from tokens.models.usage import OPERATION_LENGTH
from tokens.networks import address_of, holds
from tokens.rate_limit import limits, usage
from tokens.rate_limit.sliding_window import Use
from tokens.rotation import retire_predecessor

Reason = TokenRefusal.Reason
READING = {"GET", "HEAD", "OPTIONS"}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Caller:
    """The user, in the account, on whose behalf a request to the API acts."""

    token: PersonalAccessToken
    user_agent: str = ""

    @property
    def membership(self) -> Membership:
        return self.token.membership

    @property
    def account(self) -> Account:
        return self.token.account

    @property
    def actor(self) -> Actor:
        return Actor(self.membership.user, via="token", token=self.token.name, user_agent=self.user_agent)


class ApiRequest(HttpRequest):
    """A request to the API: `auth` is there once it is known who calls, `standing` once it is counted."""

    auth: Caller
    standing: limits.Standing
    resolver_match: ResolverMatch


@dataclass(frozen=True, slots=True)
class Policy:
    """How an operation takes its callers: which answers it gives, and whether it counts against the limit."""

    answers_json: bool = True
    is_counted: bool = True


def identify(request: HttpRequest, secret: str | None) -> Caller | None:
    """Return who holds the key, or None for a key that opens nothing; the reason is nobody's business.

    A wrong checksum is refused before any database work. Everything that may have been taken away is
    looked at on every request, in one query (R-A2). Only who shows a token that was good once is told that it ended.
    """
    token = lookup.with_secret(secret) if secret and token_format.is_well_formed(secret) else None
    if token is None:
        if secret:
            count_failed_key(request)
        return None
    if reason := _why_refused(token, request):
        refusals.note(token, reason, address=address_of(request), agent=agent_of(request), now=timezone.now())
        _refuse(token, reason, request)
        return None
    lookup.renew_digest(token, secret or "")
    return Caller(token, user_agent_of(request))


def secret_of(request: HttpRequest) -> str | None:
    """Return the key that a request shows, where it shows one."""
    return request.headers.get(ApiKey.param_name, "").strip() or _bearer(request)


def _bearer(request: HttpRequest) -> str | None:
    """Read `Authorization`: the scheme in any case, then any number of spaces. Other schemes are left alone."""
    scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
    return secret.strip() if scheme.lower() == Bearer.openapi_scheme else None


def _why_refused(token: PersonalAccessToken, request: HttpRequest) -> str | None:
    """Return why the token opens nothing here and now."""
    if token.revoked_at is not None:
        return Reason.REVOKED
    if not may_use_api(token.membership):
        return Reason.STOPPED
    state = token.state_at(timezone.now())
    if state != token.State.LIVE:
        return Reason(state.value)
    return Reason.NETWORK if token.networks and not holds(token.networks, address_of(request)) else None


def _refuse(token: PersonalAccessToken, reason: str, request: HttpRequest) -> None:
    """Tell the holder of a token that was good once that it ended; of one that was taken away, nothing."""
    if reason == Reason.EXPIRED and token.expires_at:
        at = token.expires_at.isoformat(timespec="seconds")
        detail = _(
            "This token expired at %(at)s. Create another one under Settings > Profile > Personal access tokens."
        )
        raise ProblemError(401, detail % {"at": at}, kind="token-expired", facts={"expired-at": at})
    if reason == Reason.SUPERSEDED and token.superseded_at:
        at = token.superseded_at.isoformat(timespec="seconds")
        detail = _("This token was replaced by another one at %(at)s. Use that one.")
        raise ProblemError(401, detail % {"at": at}, kind="token-superseded", facts={"superseded-at": at})
    if reason == Reason.NETWORK:
        cast(ApiRequest, request).standing = limits.peek(token.account)
        raise ProblemError(403, _("This token may not be used from your network."), kind="network-not-allowed")


def authenticate(request: ApiRequest, secret: str | None, policy: Policy) -> Caller | None:
    """Return the caller of an operation, once they may call it: from there, now, and to do this.

    Costs one query and one call to the limit's store; noting the use, once a minute for each token, one update more.
    """
    caller = identify(request, secret)
    if caller is None:
        return None
    token, use = caller.token, _use(request, caller)
    request.standing = limits.consume(caller.account, use) if policy.is_counted else limits.peek(caller.account)
    if not request.standing.allowed:
        emails.limit_reached(caller.account)
        raise ProblemError(429, _("The account's limit of requests is used up."), kind="limit-reached")
    if request.resolver_match.kwargs.get("customer_id") != str(caller.account.pk):
        raise ProblemError(404, _("There is no such customer, or the token belongs to another one."))
    if request.method not in READING and not token.can_write:
        raise ProblemError(403, _("This token may only read."), kind="token-read-only")
    if policy.answers_json and not any(map(request.accepts, MEDIA_TYPES)):
        raise ProblemError(406, _("The API answers in JSON alone. Accept application/json."))
    if token.supersedes_on_use and token.last_used_at is None:
        retire_predecessor(token, actor=caller.actor, ip=use.address or None, now=timezone.now())
    if token.mark_used(use.address or None, use.agent, timezone.now()):
        usage.flush_own()
    return caller


def _use(request: ApiRequest, caller: Caller) -> Use:
    route = PARAMETER.sub(r"{\1}", request.resolver_match.route)
    operation = f"{request.method} /{route}"
    address = address_of(request) or ""
    return Use(caller.account.pk, caller.token.pk, operation[:OPERATION_LENGTH], address, agent_of(request))


def agent_of(request: HttpRequest) -> str:
    return "".join(filter(str.isprintable, request.headers.get("User-Agent", "")))[:AGENT_LENGTH]


class ApiKey(APIKeyHeader):
    param_name = "X-PlanRadar-API-Key"

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = policy

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        return authenticate(cast(ApiRequest, request), key, self.policy)


class Bearer(HttpBearer):
    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = policy

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Leave other schemes alone; the library would write their secrets into the log."""
        secret = _bearer(request)
        return self.authenticate(request, secret) if secret else None

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        return authenticate(cast(ApiRequest, request), token, self.policy)


AUTHENTICATION = [ApiKey(Policy()), Bearer(Policy())]
FILE_AUTHENTICATION = [ApiKey(Policy(answers_json=False)), Bearer(Policy(answers_json=False))]
FREE_AUTHENTICATION = [ApiKey(Policy(is_counted=False)), Bearer(Policy(is_counted=False))]

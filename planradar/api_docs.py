"""The documentation of the API, for those with API access (R-T2): signed in, or with a token."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import AccountRequest, check
from accounts.rights import API_ACCESS
from planradar.api import api
from tokens.api.auth import identify, secret_of
from tokens.api.problems import ProblemError, by_status, respond

View = Callable[..., HttpResponse]
LISTEN = Path(__file__).parent / "downloads" / "listen.py"
EXPLAINED = {
    "token-expired": _("The token was good once; expired-at says until when. Create another one, or rotate in time."),
    "token-superseded": _("The token was rotated; superseded-at says when it ended. Use its successor."),
    "token-read-only": _("Use a token that may write. A token cannot be widened: create another one."),
    "network-not-allowed": _("The token's user named the networks that it may be used from. Yours is not among them."),
    "link-expired": _("Signed links open for two hours. Read the attachment again for another one."),
    "limit-reached": _("Wait for the seconds in Retry-After, then send the request again."),
}


def with_api_access(view: View) -> View:
    """Let in who has API access, and give the view the number of their account."""

    @login_not_required
    @require_safe
    @wraps(view)
    def checked(request: AccountRequest, **kwargs: str) -> HttpResponse:
        secret = secret_of(request)
        if secret is not None:
            return _with_token(request, view, secret, kwargs)
        if request.user.is_authenticated:
            check(request, API_ACCESS)
            return view(request, str(request.account.pk), **kwargs)
        if view in (openapi, listen):
            return respond(request, by_status(401))
        return redirect_to_login(request.get_full_path())

    return checked


def _with_token(request: AccountRequest, view: View, secret: str, kwargs: dict[str, str]) -> HttpResponse:
    try:
        caller = identify(request, secret)
    except ProblemError as problem:
        return respond(request, problem)
    return view(request, str(caller.account.pk), **kwargs) if caller else respond(request, by_status(401))


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document, in plain JSON types."""
    return cast(dict[str, Any], json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/"), default=str)))


def openapi(request: AccountRequest, customer: str) -> HttpResponse:
    return JsonResponse({**document(), "servers": [{"url": f"{request.scheme}://{request.get_host()}"}]})


def listen(request: AccountRequest, customer: str) -> HttpResponse:
    """Hand out the program that receives events on one's own machine."""
    return HttpResponse(LISTEN.read_bytes(), content_type="text/x-python; charset=utf-8")


def attempt(request: AccountRequest, customer: str) -> HttpResponse:
    settings = {"url": reverse("openapi"), "layout": "BaseLayout", "deepLinking": True, "validatorUrl": None}
    return render(request, "api/try.html", {"swagger_settings": json.dumps(settings)})


def view_of(view: View) -> Callable[[HttpRequest], HttpResponse]:
    return cast(Callable[[HttpRequest], HttpResponse], with_api_access(view))

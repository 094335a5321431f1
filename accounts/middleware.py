"""Closed by default; then who the person is in which account, in which language and at which hour."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRefresh

from accounts.access import AnyRequest
from accounts.models import Membership

GetResponse = Callable[[AnyRequest], HttpResponse]
SESSION_KEY = "account"
ACCOUNT_KEY = "account"  # of addresses: links in mails name the account that they are about


class login_required(LoginRequiredMiddleware):
    """Everything needs a session, apart from views that say otherwise and the API, which asks for a token."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.path.startswith(("/api/v1/", "/api/v2/", "/api/leaked_tokens")):
            return None
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer and request.headers.get("HX-Request"):  # a part of a page: the whole of it is to lead to the sign-in
            return HttpResponseClientRefresh()
        return answer

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Lead to the sign-in, and from there back to the page that the person was on."""
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        page = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
        return redirect_to_login(page if is_ours else "/")


def current_membership(get_response: GetResponse) -> GetResponse:
    """Put `membership` and `account` on the request; both None for those who belong to no account."""

    def middleware(request: AnyRequest) -> HttpResponse:
        request.memberships, request.membership, request.account = [], None, None
        if not request.user.is_authenticated:
            return get_response(request)
        user = request.user
        request.memberships = list(
            Membership.objects.active().filter(user=user).select_related("account").order_by("account__name", "pk")
        )
        named = request.GET.get(ACCOUNT_KEY)
        is_theirs = any(str(membership.account_id) == named for membership in request.memberships)
        chosen = named if is_theirs else str(request.session.get(SESSION_KEY))
        for membership in request.memberships:
            membership.user = user
            if request.membership is None or str(membership.account_id) == chosen:
                request.membership, request.account = membership, membership.account
        if is_theirs and request.account:
            request.session[SESSION_KEY] = request.account.pk
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(zoneinfo.ZoneInfo(user.time_zone)):
            response = get_response(request)
        # After a sign-out, the browser's way back shows nothing.
        response.headers.setdefault("Cache-Control", "no-store")
        if user.language:
            response.headers["Content-Language"] = user.language
            patch_vary_headers(response, ["Cookie"])
        return response

    return middleware

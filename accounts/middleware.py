"""Closed by default; then who the person is in which account, in which language and at which hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRefresh

from accounts import addresses
from accounts.access import AnyRequest
from accounts.models import Membership, User
from lib.collation import by_name

GetResponse = Callable[[AnyRequest], HttpResponse]


class login_required(LoginRequiredMiddleware):
    """Everything needs a session, apart from views that say otherwise and the API, which asks for a token."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if request.path_info.startswith(settings.API_PREFIXES):
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
    """Put `membership` and `account` on the request: of the account that the address carries, or that was used last.

    Both are None for those who belong to no account.
    """

    def middleware(request: AnyRequest) -> HttpResponse:
        account_id, path = addresses.split(request.path_info)
        request.memberships, request.membership, request.account = [], None, None
        if account_id and not addresses.may_be_mounted(path):
            return _without_account(request, path)
        request.path_info = path
        if not request.user.is_authenticated:
            return get_response(request)
        user = request.user
        request.memberships = list(
            Membership.objects.active()
            .filter(user=user)
            .select_related("account")
            .order_by(by_name("account__name"), "pk")
        )
        _choose(request, user, account_id or user.last_account_id, is_strict=account_id is not None)
        with _as_the_person_likes(request, user), addresses.mounted(account_id):
            if account_id is None and request.membership and addresses.is_page_of_account(path):
                response = _lead_to_account(request, request.membership, path)
            elif account_id and request.membership is None:
                response = _not_a_member(request)
            else:
                _remember(user, account_id)
                response = get_response(request)
        # After a sign-out, the browser's way back shows nothing.
        response.headers.setdefault("Cache-Control", "no-store")
        if user.language:
            response.headers["Content-Language"] = user.language
            patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def _choose(request: AnyRequest, user: User, account_id: int | None, *, is_strict: bool) -> None:
    """Choose the membership of the account; without one, unless the address names it, the first."""
    for membership in request.memberships:
        membership.user = user
    found = [membership for membership in request.memberships if membership.account_id == account_id]
    candidates = found if is_strict else found or request.memberships
    if candidates:
        request.membership, request.account = candidates[0], candidates[0].account


def _remember(user: User, account_id: int | None) -> None:
    """Let the next sign-in open the account that was used last."""
    if account_id and user.last_account_id != account_id:
        user.last_account_id = account_id
        user.save(update_fields=["last_account"])


@contextmanager
def _as_the_person_likes(request: AnyRequest, user: User) -> Iterator[None]:
    if user.language:
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()
    with timezone.override(user.zone):
        yield


def _without_account(request: HttpRequest, path: str) -> HttpResponse:
    """Lead to the address that such a page has."""
    if request.method not in ("GET", "HEAD"):
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{path}?{query}" if query else path)


def _lead_to_account(request: AnyRequest, membership: Membership, path: str) -> HttpResponse:
    """Lead from the address of a page to its address in the account used last.

    A form says which account it is about. One that does not is refused where the user belongs to several.
    """
    query = request.META.get("QUERY_STRING", "")
    target = addresses.of(membership.account_id, path) + (f"?{query}" if query else "")
    if request.method in ("GET", "HEAD"):
        return redirect(target)
    if len(request.memberships) == 1:
        return HttpResponse(status=307, headers={"Location": target})
    choices = [(each.account, addresses.of(each.account_id, path)) for each in request.memberships]
    return render(request, "accounts/which_account.html", {"choices": choices}, status=409)


def _not_a_member(request: AnyRequest) -> HttpResponse:
    choices = [(each.account, addresses.of(each.account_id, "/projects/")) for each in request.memberships]
    return render(request, "accounts/not_a_member.html", {"choices": choices}, status=404)

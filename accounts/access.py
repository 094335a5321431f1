"""Asking for a right, or for the password again, before a view runs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Account, Membership, User
from accounts.rights import MEMBER, Right

P = ParamSpec("P")
TYPED_KEY = "typed"  # of the session: a form that was sent too late, and its address
SECRETS = re.compile(r"(password|secret|token|value)$")  # names of fields
MOST_TYPED = 50_000  # characters that are kept


class AnyRequest(HttpRequest):
    """A request as `accounts.middleware` prepares it: of a member, or of a user without an account."""

    memberships: list[Membership]
    membership: Membership | None
    account: Account | None


class AccountRequest(HttpRequest):
    """A request of a signed-in person in one account: what is left once a right was asked for."""

    user: User
    memberships: list[Membership]
    membership: Membership
    account: Account
    typed: QueryDict | None  # the form as it was sent, or as it was before the password was asked for again


class MissingRight(PermissionDenied):
    def __init__(self, right: Right) -> None:
        super().__init__(str(right.name))
        self.right = right


def require(
    right: Right,
) -> Callable[[Callable[Concatenate[AccountRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Answer 403, naming the right and who can give it, to those who lack it."""

    def decorate(view: Callable[Concatenate[AccountRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def checked(request: AccountRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            check(request, right)
            return view(request, *args, **kwargs)

        return checked

    return decorate


def check(request: AccountRequest, right: Right) -> None:
    if request.membership is None:
        raise MissingRight(MEMBER)
    if not right.allows(request.membership):
        raise MissingRight(right)


def require_recent_sign_in(
    view: Callable[Concatenate[AccountRequest, P], HttpResponseBase],
) -> Callable[Concatenate[AccountRequest, P], HttpResponseBase]:
    """Ask for the password again, unless the person signed in, or was asked, within the last 5 minutes.

    It is asked before the form is shown. If the form takes longer, the person is led back to it and finds there what
    they typed. Put it below `@require`: those who may not open the page are not asked.
    """

    @wraps(view)
    def checked(request: AccountRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if signed_in_recently(request):
            request.typed = _typed(request)
            return view(request, *args, **kwargs)
        if request.method == "POST":
            _keep_typed(request)
            messages.warning(request, _("Nothing was changed yet. Confirm that it is you, then send the form again."))
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")

    return checked


def _keep_typed(request: AccountRequest) -> None:
    form = request.POST.copy()
    for name in [name for name in form if name == "csrfmiddlewaretoken" or SECRETS.search(name)]:
        del form[name]  # they are typed again, and kept nowhere
    text = form.urlencode()
    if len(text) <= MOST_TYPED:
        request.session[TYPED_KEY] = {"address": request.get_full_path(), "form": text}


def _typed(request: AccountRequest) -> QueryDict | None:
    kept = request.session.pop(TYPED_KEY, None)
    if request.method == "POST":
        return request.POST
    return QueryDict(kept["form"]) if kept and kept["address"] == request.get_full_path() else None


def signed_in_recently(request: HttpRequest) -> bool:
    moments = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(moments) and time.time() - max(moments) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import AccountRequest, require, require_recent_sign_in
from accounts.acting import ActingMember
from accounts.members.ownership_forms import OwnerForm
from accounts.rights import ACCOUNT_OWNER

View = Callable[[AccountRequest], HttpResponseBase]


def answers_repetition(view: View) -> View:
    """Answer a second submission as done, although its sender is the owner no longer."""

    @wraps(view)
    def checked(request: AccountRequest) -> HttpResponseBase:
        owner = request.account.owner if request.account else None
        email = request.POST.get("email", "").strip().lower()
        if owner and owner != request.membership and request.method == "POST" and email == owner.user.email:
            messages.info(request, _("%(name)s is the account owner already.") % {"name": owner.name})
            return redirect("accounts:profile")
        return view(request)

    return checked


@require_http_methods(["GET", "POST"])
@answers_repetition
@require(ACCOUNT_OWNER)
@require_recent_sign_in
def owner_change(request: AccountRequest) -> HttpResponse:
    form = OwnerForm(request.typed, by=ActingMember.from_request(request))
    if request.method == "POST" and form.is_valid():
        owner = form.hand_over()
        messages.success(request, _("%(name)s is the account owner now.") % {"name": owner.name})
        return redirect("accounts:profile")
    return render(request, "accounts/owner_change.html", {"form": form})

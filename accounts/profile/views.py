from __future__ import annotations

from copy import copy
from typing import Any, cast

from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import addresses
from accounts.access import AccountRequest, require, require_recent_sign_in
from accounts.acting import ActingMember
from accounts.models import Membership, SecurityEvent, User
from accounts.profile import second_factor_policy, sign_in_guard
from accounts.profile.forms import AccountForm, ProfileForm
from accounts.rights import ACCOUNT_OWNER

EVENTS_SHOWN = 30


@require_safe
def home(request: AccountRequest) -> HttpResponse:
    return redirect(addresses.of(request.account.pk, "/projects/") if request.account else "/projects/")


@require_http_methods(["GET", "POST"])
def profile(request: AccountRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=copy(request.user))
    if request.method == "POST" and form.is_valid():
        form.save_noted(ip=request.META["REMOTE_ADDR"])
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def account(request: AccountRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, instance=copy(request.account))
    if request.method == "POST" and form.is_valid():
        form.save_noted(request)
        messages.success(request, _("The account is saved."))
        return redirect("accounts:account")
    return render(request, "accounts/account.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
@require_recent_sign_in
def second_factor_reset(request: AccountRequest, pk: int) -> HttpResponse:
    """Let a member in again who lost their second factor."""
    member = get_object_or_404(Membership.objects.of(request.account), pk=pk)
    if not second_factor_policy.may_reset(request.membership, member):
        raise PermissionDenied
    if request.method == "POST":
        second_factor_policy.reset(member, by=ActingMember.from_request(request))
        messages.success(request, _("%(name)s can sign in without a second factor.") % {"name": member.name})
        return redirect("accounts:user_detail", pk)
    context = {
        "member": member,
        "title": _("Remove second factor"),
        "question": _("Remove the second factor of %(name)s?") % {"name": member.name},
        "consequences": [
            _("Do this only if you know that they lost it: talk to them first."),
            _("They are signed out in every browser, sign in with their password, and can set up a new one."),
        ],
        "submit_label": _("Remove second factor"),
        "cancel_url": reverse("accounts:user_detail", args=[pk]),
    }
    return render(request, "accounts/user_confirm.html", context)


@login_not_required
@require_safe
def sign_in_unlock(request: HttpRequest, token: str) -> HttpResponse:
    if sign_in_guard.unlock(request, token):
        messages.success(request, _("You can sign in here now."))
    else:
        messages.error(request, _("This link is no longer valid. Sign in again to get a new one."))
    return redirect("account_login")


class SignInsView(ListUserSessionsView):
    """The browsers in which a person is signed in, and what happened to their sign-in lately."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = SecurityEvent.objects.of(cast(User, self.request.user)).newest_first()[:EVENTS_SHOWN]
        return super().get_context_data(**kwargs) | {"events": events}


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    right = getattr(exception, "right", None)
    context = {"missing_right": right.name, "who_can_give": right.given_by} if right else {}
    if not right and request.user.is_staff:
        words = _(
            "Rights in the administration come from groups. The operator of this installation can add you to one."
        )
        context = {"who_can_give": words}
    return render(request, "403.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)

"""The pages of single users, for those who manage users (R-U1)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods
from django_ratelimit.core import is_ratelimited

from accounts import rights
from accounts.access import AccountRequest, MissingRight, require, require_recent_sign_in
from accounts.acting import ActingMember
from accounts.members import services
from accounts.members.forms import MemberForm, NewcomerForm
from accounts.members.offboarding import Offboarding
from accounts.models import Membership
from accounts.profile import second_factor_policy
from lib.timing import constant_time

INVITATIONS_PER_PERSON = "100/h"
INVITED_AFTER = 0.5  # seconds, whether the e-mail is known elsewhere or not
TOKENS_PER_PAGE = 20
State = Membership.State


def member_of(request: AccountRequest, pk: int) -> Membership:
    return get_object_or_404(Membership.objects.of(request.account), pk=pk)


def sends_too_many(request: AccountRequest) -> bool:
    """Tell, and say so, when a person makes the product send more mails than anybody invites people."""
    if is_ratelimited(request, group="invitations", key="user", rate=INVITATIONS_PER_PERSON, increment=True):
        messages.error(request, _("You sent many invitations within an hour. Try again later."))
        return True
    return False


@require_http_methods(["GET", "POST"])
@require(rights.MANAGE_USERS)
@require_recent_sign_in
def user_create(request: AccountRequest) -> HttpResponse:
    form = NewcomerForm(request.typed, by=ActingMember.from_request(request))
    if request.method == "POST" and form.is_valid() and not sends_too_many(request):
        with constant_time(INVITED_AFTER):
            member = form.invite()
        if member is not None:
            messages.success(request, _("%(email)s is invited.") % {"email": form.cleaned_data["email"]})
            return redirect("accounts:user_detail", member.pk)
    return render(request, "accounts/user_new.html", {"form": form})


@require_GET
@require(rights.MANAGE_USERS)
def user_detail(request: AccountRequest, pk: int) -> HttpResponse:
    """Show the user, and their tokens on the right (R-U2)."""
    member, viewer = member_of(request, pk), request.membership
    page = Paginator(member.tokens.live(), TOKENS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "member": member,
        "state": member.state,
        "invitation": getattr(member, "invitation", None) if member.state == State.INVITED else None,
        "tokens": page if rights.is_internal(member) else None,
        "may_edit": rights.may_edit_member(viewer, member),
        "may_deactivate": rights.may_deactivate(viewer, member),
        "may_reset_factor": second_factor_policy.may_reset(viewer, member)
        and second_factor_policy.has_factor(member.user),
        "may_delete_tokens": rights.may_delete_tokens_of(viewer, member),
    }
    return render(request, "accounts/user_detail.html", context)


@require_http_methods(["GET", "POST"])
@require(rights.MANAGE_USERS)
@require_recent_sign_in
def user_edit(request: AccountRequest, pk: int) -> HttpResponse:
    member = member_of(request, pk)
    if not rights.may_edit_member(request.membership, member):
        raise MissingRight(rights.ACCOUNT_OWNER)
    form = MemberForm(request.typed, member=member, by=ActingMember.from_request(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The user is saved."))
        return redirect("accounts:user_detail", pk)
    return render(request, "accounts/user_edit.html", {"form": form, "member": member})


@require_http_methods(["GET", "POST"])
@require(rights.MANAGE_USERS)
@require_recent_sign_in
def user_deactivate(request: AccountRequest, pk: int) -> HttpResponse:
    member = member_of(request, pk)
    if not rights.may_deactivate(request.membership, member):
        raise MissingRight(rights.ACCOUNT_OWNER)
    if member.state != State.ACTIVE:
        return redirect("accounts:user_detail", pk)
    if request.method == "POST":
        services.deactivate(member, by=ActingMember.from_request(request))
        messages.success(request, _("%(name)s is deactivated.") % {"name": member.name})
        return redirect("accounts:user_detail", pk)
    context = {
        "member": member,
        "title": _("Deactivate user"),
        "question": _("Deactivate %(name)s?") % {"name": member.name},
        "consequences": _what_ends(member),
        "tokens": member.tokens.live(),
        "submit_label": _("Deactivate user"),
        "cancel_url": reverse("accounts:user_detail", args=[pk]),
        "danger": True,
    }
    return render(request, "accounts/user_deactivate.html", context)


@require_http_methods(["GET", "POST"])
@require(rights.MANAGE_USERS)
@require_recent_sign_in
def user_reactivate(request: AccountRequest, pk: int) -> HttpResponse:
    member = member_of(request, pk)
    if not rights.may_deactivate(request.membership, member):
        raise MissingRight(rights.ACCOUNT_OWNER)
    if member.is_active or member.state == State.INVITED:
        return redirect("accounts:user_detail", pk)
    if request.method == "POST":
        services.reactivate(member, by=ActingMember.from_request(request))
        messages.success(request, _("%(name)s is active again.") % {"name": member.name})
        return redirect("accounts:user_detail", pk)
    context = {
        "member": member,
        "title": _("Reactivate user"),
        "question": _("Reactivate %(name)s?") % {"name": member.name},
        "consequences": [
            _("They can open this account again, with the rights they had."),
            _("Their old tokens stay deleted; with API access they can create new ones."),
        ],
        "submit_label": _("Reactivate user"),
        "cancel_url": reverse("accounts:user_detail", args=[pk]),
    }
    return render(request, "accounts/user_confirm.html", context)


def _what_ends(member: Membership) -> list[str]:
    """Say what will stop working, in whole sentences."""
    tokens, invited = member.tokens.live().count(), Offboarding.of(member).invited
    ends = [
        _("They are signed out of this account in every browser, and cannot open it any more."),
        ngettext(
            "%(number)s token is deleted: software that uses it is refused from its next request on.",
            "%(number)s tokens are deleted: software that uses them is refused from its next request on.",
            tokens,
        )
        % {"number": tokens},
    ]
    if invited:
        people = ", ".join(one.user.email for one in invited)
        ends.append(_("Invitations that they sent are revoked: %(people)s.") % {"people": people})
    ends.append(_("Tickets and comments that they wrote stay. You can reactivate them later, without their tokens."))
    return ends

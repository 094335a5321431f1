"""Invitations: sent again or revoked by those who manage users, accepted by those who were invited."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import addresses, rights
from accounts.access import AccountRequest, AnyRequest, require
from accounts.acting import ActingMember
from accounts.members import invitations
from accounts.members.invitation_forms import JoinForm, PasswordForm
from accounts.members.views import sends_too_many
from accounts.members.waiting_invitations import INVITATION_KEY
from accounts.models import Invitation
from accounts.models.invitations import digest_of


def _invitation(request: AccountRequest, pk: int) -> Invitation:
    waiting = Invitation.objects.filter(membership__account=request.account, membership__joined_at=None)
    return get_object_or_404(waiting.select_related("membership__account", "membership__user"), membership=pk)


@require_POST
@require(rights.MANAGE_USERS)
def invitation_resend(request: AccountRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    if not sends_too_many(request):
        try:
            invitations.resend(invitation, by=ActingMember.from_request(request))
        except invitations.TooManyMailsError:
            messages.error(request, invitations.ENOUGH_MAILS)
        else:
            messages.success(request, _("A new link is on its way. The one sent before works no more."))
    return redirect("accounts:user_detail", pk)


@require_http_methods(["GET", "POST"])
@require(rights.MANAGE_USERS)
def invitation_revoke(request: AccountRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    member = invitation.membership
    if request.method == "POST":
        invitations.revoke(invitation, by=ActingMember.from_request(request))
        messages.success(request, _("The invitation of %(name)s is revoked.") % {"name": member.name})
        return redirect("accounts:user_list")
    context = {
        "member": member,
        "title": _("Revoke invitation"),
        "question": _("Revoke the invitation of %(name)s?") % {"name": member.name},
        "consequences": [_("The link in the mail works no more."), _("They leave the list of users.")],
        "submit_label": _("Revoke invitation"),
        "cancel_url": reverse("accounts:user_detail", args=[pk]),
        "danger": True,
    }
    return render(request, "accounts/user_confirm.html", context)


@never_cache
@login_not_required
@require_GET
def invitation_open(request: AnyRequest, secret: str) -> HttpResponse:
    """Take the secret out of the address. Nothing is used up: programs open links in mails too."""
    digest = digest_of(secret)
    if Invitation.objects.live(timezone.now()).with_digest(digest) is None:
        return render(request, "accounts/invitation_over.html", status=404)
    request.session[INVITATION_KEY] = digest
    return redirect("accounts:invitation_accept")


@never_cache
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation_accept(request: AnyRequest) -> HttpResponse:
    invitation = Invitation.objects.live(timezone.now()).with_digest(request.session.get(INVITATION_KEY, ""))
    if invitation is None:
        request.session.pop(INVITATION_KEY, None)
        return render(request, "accounts/invitation_over.html", status=404)
    user = invitation.membership.user
    is_new = invitations.is_placeholder(user)
    if request.user != user and (request.user.is_authenticated or not is_new):
        return render(request, "accounts/invitation_sign_in.html", {"invitation": invitation})
    data = request.POST if request.method == "POST" else None
    form = (PasswordForm if is_new else JoinForm)(data, invitation=invitation)
    if not form.is_valid():
        return render(request, "accounts/invitation_accept.html", {"form": form, "invitation": invitation})
    if not form.save(ip=request.META["REMOTE_ADDR"]):
        return render(request, "accounts/invitation_over.html", status=404)
    del request.session[INVITATION_KEY]
    return _welcome(request, invitation, is_new=is_new)


def _welcome(request: AnyRequest, invitation: Invitation, *, is_new: bool) -> HttpResponse:
    if is_new:
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect("account_login")
    messages.success(request, _("You are in the account %(name)s now.") % {"name": invitation.membership.account.name})
    return redirect(addresses.of(invitation.membership.account_id, "/projects/"))

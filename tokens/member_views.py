"""The tokens of others, for those who manage users (R-U2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import AccountRequest, MissingRight, require
from accounts.models import Membership
from accounts.rights import ACCOUNT_OWNER, MANAGE_USERS, may_delete_tokens_of


@require_http_methods(["GET", "POST"])
@require(MANAGE_USERS)
def member_token_delete(request: AccountRequest, pk: int, token_pk: int) -> HttpResponse:
    """Delete a user's token. The owner's are deleted by the owner alone (R-U3)."""
    member = get_object_or_404(Membership.objects.of(request.account), pk=pk)
    if not may_delete_tokens_of(request.membership, member):
        raise MissingRight(ACCOUNT_OWNER)
    token = get_object_or_404(member.tokens.live(), pk=token_pk)
    if request.method == "POST":
        subject = f"{token.name} ({member.name} <{member.user.email}>)"
        with audit.noted(request, "token.deleted", subject=subject, detail={"token": token.masked}):
            token.revoke(by=request.user)
        messages.success(request, _("The token “%(name)s” is deleted.") % {"name": token.name})
        return redirect("accounts:user_detail", pk)
    context = {
        "member": member,
        "title": _("Delete token"),
        "question": _("Delete the token “%(token)s” of %(name)s?") % {"token": token.name, "name": member.name},
        "consequences": [
            _("Software that uses it is refused from its next request on."),
            _("The token cannot be restored."),
        ],
        "submit_label": _("Delete token"),
        "cancel_url": reverse("accounts:user_detail", args=[pk]),
        "danger": True,
    }
    return render(request, "accounts/user_confirm.html", context)

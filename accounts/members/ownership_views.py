from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import AccountRequest, require, require_recent_sign_in
from accounts.acting import By
from accounts.members.ownership_forms import OwnerForm
from accounts.rights import ACCOUNT_OWNER


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
@require_recent_sign_in
def owner_change(request: AccountRequest) -> HttpResponse:
    form = OwnerForm(request.typed, by=By.request(request))
    if request.method == "POST" and form.is_valid():
        owner = form.hand_over()
        messages.success(request, _("%(name)s is the account owner now.") % {"name": owner.name})
        return redirect("accounts:profile")
    return render(request, "accounts/owner_change.html", {"form": form})

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import AccountRequest, require
from accounts.rights import ACCOUNT_OWNER
from connect.forms import AccessRequestForm
from connect.models import ConnectRequest


@require_GET
@require(ACCOUNT_OWNER)
def request_detail(request: AccountRequest) -> HttpResponse:
    requests = ConnectRequest.objects.of(request.account).select_related("requested_by")
    return render(request, "connect/request_detail.html", {"latest": requests.first(), "earlier": requests[1:]})


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def request_create(request: AccountRequest) -> HttpResponse:
    if ConnectRequest.objects.of(request.account).open().exists():
        messages.info(request, _("Your request is with Customer Success already."))
        return redirect("connect:request_detail")
    form = AccessRequestForm(request.POST or None, initial={"contact": f"{request.user.name}, {request.user.email}"})
    if request.method == "POST" and form.is_valid():
        if form.submit(by=request.membership):
            messages.success(request, _("Thank you. Customer Success has your request and will get in touch."))
        else:
            messages.info(request, _("Your request is with Customer Success already."))
        return redirect("connect:request_detail")
    return render(request, "connect/request_new.html", {"form": form})

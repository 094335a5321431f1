"""What the account owner sees and decides of tokens and of the API's limit."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import AccountRequest, require
from accounts.audit import log as audit_log
from accounts.rights import ACCOUNT_OWNER
from tokens.forms import LimitRequestForm, LongestLifeForm
from tokens.models import LimitRequest, PersonalAccessToken
from tokens.rate_limit import limits, usage
from tokens.usage_display import account_chart

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def account_tokens(request: AccountRequest) -> HttpResponse:
    """Show everybody's tokens, and set how long they may live."""
    form = LongestLifeForm(request.POST or None, instance=request.account)
    if request.method == "POST" and form.is_valid():
        days = {"days": request.account.max_token_lifetime_days}
        with audit_log.recorded(request, "token.policy_changed", subject=request.account.name, detail=days):
            cut = form.save()
        saved = _("The longest life of tokens is saved.")
        told = ngettext("%(number)s token ends earlier now.", "%(number)s tokens end earlier now.", cut)
        messages.success(request, f"{saved} {told % {'number': cut}}" if cut else saved)
        return redirect("tokens:account_tokens")
    tokens = PersonalAccessToken.objects.in_account(request.account)
    tokens = tokens.with_people().select_related("revoked_by", "successor").live_first(timezone.now())
    page = Paginator(tokens, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tokens/account_tokens.html", {"form": form, "tokens": page, "page_obj": page})


@never_cache
@require_GET
@require(ACCOUNT_OWNER)
def limit_detail(request: AccountRequest) -> HttpResponse:
    requests = LimitRequest.objects.of(request.account).select_related("requested_by")
    context = {
        "standing": limits.peek(request.account),
        "chart": account_chart(usage.of_account(request.account, timezone.now())),
        "requests": requests[:10],
        "has_open": requests.open().exists(),
    }
    return render(request, "tokens/limit_detail.html", context)


@never_cache
@require_GET
@require(ACCOUNT_OWNER)
def limit_meter(request: AccountRequest) -> HttpResponse:
    """Answer with the meter alone, for the page that keeps it up to date."""
    return render(request, "tokens/_meter.html", {"standing": limits.peek(request.account)})


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def limit_request(request: AccountRequest) -> HttpResponse:
    limit_request = LimitRequest(account=request.account, requested_by=request.user)
    form = LimitRequestForm(request.POST or None, instance=limit_request)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            is_sent = form.submit()
            if is_sent:
                detail = {"number": limit_request.number, "reason": limit_request.reason}
                audit_log.record_for_request(request, "limit.requested", subject=request.account.name, detail=detail)
        if is_sent:
            messages.success(request, _("Thank you. Customer Success looks at your request and answers by mail."))
        else:
            messages.info(request, _("Your earlier request is still open. Customer Success answers by mail."))
        return redirect("tokens:limit_detail")
    return render(request, "tokens/limit_request.html", {"form": form})

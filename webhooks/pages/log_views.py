"""The delivery log, and sending again what failed."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import AccountRequest, require
from accounts.audit import log as audit_log
from accounts.rights import ACCOUNT_OWNER
from lib.dates import MomentField
from webhooks.engine import jobs
from webhooks.models import Delivery, Webhook
from webhooks.pages.charts import plot_of
from webhooks.pages.delivery_log import LogForm, LogPage
from webhooks.pages.ledger import ledger_of


class RecoverForm(forms.Form):
    since = MomentField(label=_("Since"))


@require_GET
@require(ACCOUNT_OWNER)
def webhook_detail(request: AccountRequest, pk: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook.objects.of(request.account).select_related("account"), pk=pk)
    before = request.GET.get("before", "")
    log = LogPage(webhook, LogForm(request.GET), int(before) if before.isdecimal() and len(before) < 19 else None)
    if request.headers.get("HX-Request"):
        return render(request, "webhooks/_log.html", {"log": log})
    now = timezone.now()
    plot = plot_of(webhook, now, by_day=request.GET.get("days") == "30")
    ledger = ledger_of(webhook)
    left_alone = bool(ledger.waiting) and Delivery.objects.are_left_alone(request.account, now)
    context = {"webhook": webhook, "log": log, "ledger": ledger, "plot": plot, "left_alone": left_alone}
    return render(request, "webhooks/webhook_detail.html", context)


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def webhook_recover(request: AccountRequest, pk: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook.objects.of(request.account), pk=pk)
    form = RecoverForm(request.POST or request.GET or None)
    count = None
    if form.is_valid():
        since = form.cleaned_data["since"]
        if request.method == "POST":
            detail = {"failed_since": since}
            with audit_log.noted(request, "webhook.replayed", subject=webhook.description, detail=detail):
                sent = jobs.recover(webhook, since=since, now=timezone.now()).total
            message = ngettext("%(number)s event is sent again.", "%(number)s events are sent again.", sent)
            messages.success(request, message % {"number": sent})
            return redirect("webhooks:webhook_detail", pk)
        count = Delivery.objects.failed_since(webhook, since).count()
    return render(request, "webhooks/recover.html", {"webhook": webhook, "form": form, "count": count})

"""The delivery log, and sending again what failed."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import AccountRequest, require
from accounts.audit import log as audit_log
from accounts.rights import ACCOUNT_OWNER
from webhooks.engine import backfill, jobs
from webhooks.models import Delivery, Job, Webhook
from webhooks.pages.act_forms import BackfillForm, RecoverForm
from webhooks.pages.charts import plot_of
from webhooks.pages.condition_form import words_of
from webhooks.pages.delivery_log import LogForm, LogPage
from webhooks.pages.ledger import backlog_of, ledger_of


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
    no_worker = bool(ledger.waiting) and Delivery.objects.has_no_worker(request.account, now)
    context = {"webhook": webhook, "log": log, "ledger": ledger, "plot": plot, "no_worker": no_worker}
    context["conditions"] = words_of(webhook)
    if webhook.first_failure_at:
        context["last_failed"] = webhook.deliveries.last_failed()
    context |= {"jobs": list(webhook.jobs.unfinished()), "backlog": backlog_of(webhook, ledger.open, now)}
    return render(request, "webhooks/webhook_detail.html", context)


@require_GET
@require(ACCOUNT_OWNER)
def webhook_jobs(request: AccountRequest, pk: int) -> HttpResponse:
    """Return the progress of the webhook's jobs, for the page that shows it."""
    webhook = get_object_or_404(Webhook.objects.of(request.account), pk=pk)
    return render(request, "webhooks/_jobs.html", {"webhook": webhook, "jobs": list(webhook.jobs.unfinished())})


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
            with audit_log.recorded(request, "webhook.replayed", subject=webhook.description, detail=detail):
                sent = jobs.recover(webhook, since=since, now=timezone.now()).total
            message = ngettext("%(number)s event is sent again.", "%(number)s events are sent again.", sent)
            messages.success(request, message % {"number": sent})
            return redirect("webhooks:webhook_detail", pk)
        count = Delivery.objects.failed_since(webhook, since).count()
    waiting = webhook.deliveries.open().count() if count == 0 else 0
    context = {"webhook": webhook, "form": form, "count": count, "waiting": waiting}
    return render(request, "webhooks/recover.html", context)


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def webhook_backfill(request: AccountRequest, pk: int) -> HttpResponse:
    """Count what happened before the webhook asked for it; on POST, send it."""
    webhook = get_object_or_404(Webhook.objects.of(request.account), pk=pk)
    form = BackfillForm(request.POST or request.GET or None)
    count = None
    if form.is_valid():
        since, per_minute = form.cleaned_data["since"], form.cleaned_data["per_minute"]
        if request.method == "POST" and not webhook.jobs.unfinished().filter(kind=Job.Kind.BACKFILL).exists():
            detail = {"since": since, "max_per_minute": per_minute}
            with audit_log.recorded(request, "webhook.backfilled", subject=webhook.description, detail=detail):
                job = jobs.fill_back(webhook, since=since, per_minute=per_minute, now=timezone.now())
            message = ngettext("%(number)s past event is sent.", "%(number)s past events are sent.", job.total)
            messages.success(request, message % {"number": job.total})
        if request.method == "POST":
            return redirect("webhooks:webhook_detail", pk)
        count = backfill.find(webhook, since).matching
    context = {"webhook": webhook, "form": form, "count": count, "days": settings.WEBHOOK_RETENTION_DAYS}
    return render(request, "webhooks/backfill.html", context)

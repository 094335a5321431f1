"""The settings pages of webhooks, for the account owner (R-W1)."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import AccountRequest, require, require_recent_sign_in
from accounts.audit import log as audit_log
from accounts.rights import ACCOUNT_OWNER
from webhooks import services
from webhooks.audit_snapshot import facts_of
from webhooks.engine import jobs
from webhooks.models import Delivery, Job, Webhook
from webhooks.pages.act_forms import ResumeForm, SecretForm
from webhooks.pages.forms import WebhookForm, is_valid
from webhooks.pages.header_forms import HeaderFormSet
from webhooks.pages.ledger import with_waiting

MAX_WEBHOOKS = 100  # in one account


def _webhook(request: AccountRequest, pk: int) -> Webhook:
    return get_object_or_404(Webhook.objects.of(request.account).select_related("account"), pk=pk)


@require_GET
@require(ACCOUNT_OWNER)
def webhook_list(request: AccountRequest) -> HttpResponse:
    webhooks = with_waiting(Webhook.objects.of(request.account))
    no_worker = Delivery.objects.has_no_worker(request.account, timezone.now())
    deleting = Job.objects.unfinished().filter(kind=Job.Kind.DELETE, webhook__account=request.account, total__gt=0)
    context = {"webhooks": webhooks, "no_worker": no_worker, "deleting": deleting.select_related("webhook")}
    return render(request, "webhooks/webhook_list.html", context)


@never_cache
@sensitive_post_parameters()
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
@require_recent_sign_in
def webhook_create(request: AccountRequest) -> HttpResponse:
    """Answer the POST with the signing secret, which is shown this once."""
    if Webhook.objects.of(request.account).count() >= MAX_WEBHOOKS:
        messages.error(request, _("An account has at most %(number)s webhooks.") % {"number": MAX_WEBHOOKS})
        return redirect("webhooks:webhook_list")
    form = WebhookForm(request.typed, account=request.account)
    headers = HeaderFormSet(request.typed, prefix="headers")
    if request.method != "POST" or not is_valid(form, headers):
        return render(request, "webhooks/webhook_form.html", {"form": form, "headers": headers})
    try:
        with transaction.atomic():
            secret = form.save_with(headers, now=timezone.now())
            facts = facts_of(form.instance)
            audit_log.record_for_request(request, "webhook.created", subject=form.instance.description, detail=facts)
    except IntegrityError:
        return render(request, "webhooks/secret_shown.html")
    return render(request, "webhooks/secret_created.html", {"webhook": form.instance, "secret": secret, "is_new": True})


@never_cache
@sensitive_post_parameters()
@require_POST
@require(ACCOUNT_OWNER)
def webhook_preview(request: AccountRequest, pk: int | None = None) -> HttpResponse:
    """Show the form as it was sent, with the look-back; nothing is saved, and secrets are to be typed again."""
    webhook = _webhook(request, pk) if pk else None
    form = WebhookForm(request.POST, instance=webhook, account=request.account)
    preview = form.preview(timezone.now())
    if request.headers.get("HX-Request"):
        return render(request, "webhooks/_preview.html", {"preview": preview})
    headers = HeaderFormSet(request.POST, prefix="headers", webhook=webhook)
    headers.forget_errors()
    stored = Webhook.objects.get(pk=pk) if pk else None
    context = {"form": form, "headers": headers, "webhook": stored, "preview": preview}
    return render(request, "webhooks/webhook_form.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
@require_recent_sign_in
def webhook_edit(request: AccountRequest, pk: int) -> HttpResponse:
    webhook = _webhook(request, pk)
    form = WebhookForm(request.typed, instance=webhook, account=request.account)
    headers = HeaderFormSet(request.typed, prefix="headers", webhook=webhook)
    if request.method == "POST" and is_valid(form, headers):
        with transaction.atomic():
            before = facts_of(webhook)
            form.save_with(headers, now=timezone.now())
            services.retry_now(webhook=webhook)
            changes = audit_log.changes(before, facts_of(webhook))
            audit_log.record_for_request(request, "webhook.changed", subject=webhook.description, detail=changes)
        messages.success(request, _("The webhook is saved."))
        return redirect("webhooks:webhook_detail", pk)
    return render(request, "webhooks/webhook_form.html", {"form": form, "headers": headers, "webhook": webhook})


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def webhook_delete(request: AccountRequest, pk: int) -> HttpResponse:
    webhook = _webhook(request, pk)
    if request.method == "POST":
        with audit_log.recorded(request, "webhook.deleted", subject=webhook.description, detail=facts_of(webhook)):
            jobs.delete(webhook, timezone.now())
        messages.success(request, _("The webhook “%(name)s” is deleted.") % {"name": webhook.description})
        return redirect("webhooks:webhook_list")
    context = {
        "webhook": webhook,
        "title": _("Delete webhook"),
        "question": _("Delete the webhook “%(name)s”?") % {"name": webhook.description},
        "consequences": _consequences(webhook),
        "submit_label": _("Delete webhook"),
        "cancel_url": reverse("webhooks:webhook_detail", args=[pk]),
        "danger": True,
    }
    return render(request, "webhooks/webhook_delete.html", context)


def _consequences(webhook: Webhook) -> list[str]:
    """Say what goes with a webhook."""
    consequences = [_("Its receiver gets no more events."), _("Its delivery log is deleted.")]
    if waiting := webhook.deliveries.open().count():
        words = ngettext(
            "%(number)s queued event is never sent.",
            "%(number)s queued events are never sent.",
            waiting,
        )
        consequences.append(words % {"number": waiting})
    return consequences


@require_POST
@require(ACCOUNT_OWNER)
def webhook_pause(request: AccountRequest, pk: int) -> HttpResponse:
    webhook = _webhook(request, pk)
    if webhook.is_active:
        with audit_log.recorded(request, "webhook.paused", subject=webhook.description):
            jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())
        messages.success(request, _("The webhook is off. What happens from now on is held, not lost."))
    return redirect("webhooks:webhook_detail", pk)


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def webhook_resume(request: AccountRequest, pk: int) -> HttpResponse:
    webhook = _webhook(request, pk)
    if webhook.is_active:
        return redirect("webhooks:webhook_detail", pk)
    form = ResumeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        detail = {"held": form.cleaned_data["held"]}
        with audit_log.recorded(request, "webhook.resumed", subject=webhook.description, detail=detail):
            now = timezone.now()
            jobs.switch_on(webhook, discard_before=form.discard_before(now), now=now)
        messages.success(request, _("The webhook is on."))
        return redirect("webhooks:webhook_detail", pk)
    held = webhook.deliveries.open().count()
    return render(request, "webhooks/webhook_resume.html", {"webhook": webhook, "form": form, "held": held})


@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
@require_recent_sign_in
def secret_replace(request: AccountRequest, pk: int) -> HttpResponse:
    webhook = _webhook(request, pk)
    form = SecretForm(request.typed if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "webhooks/secret_replace.html", {"webhook": webhook, "form": form})
    try:
        with transaction.atomic():
            secret = webhook.make_secret(idempotency_key=form.cleaned_data["idempotency_key"], now=timezone.now())
            seal = {"secret": audit_log.fingerprint(secret)}
            audit_log.record_for_request(request, "webhook.secret_replaced", subject=webhook.description, detail=seal)
    except IntegrityError:
        return render(request, "webhooks/secret_shown.html", {"webhook": webhook})
    return render(request, "webhooks/secret_created.html", {"webhook": webhook, "secret": secret})

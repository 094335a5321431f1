"""The pages of single deliveries, and the acts that make new ones."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_ratelimit.core import is_ratelimited

from accounts.access import AccountRequest, require
from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.rights import ACCOUNT_OWNER
from webhooks import services
from webhooks.models import Delivery, Webhook
from webhooks.pages import verify
from webhooks.pages.connection_check import check

SENDS_PER_PERSON = "20/m"


@require_GET
@require(ACCOUNT_OWNER)
def delivery_detail(request: AccountRequest, pk: int, delivery_pk: int) -> HttpResponse:
    delivery = _delivery(request, pk, delivery_pk)
    template = "webhooks/_delivery.html" if request.headers.get("HX-Request") else "webhooks/delivery_detail.html"
    attempts = list(delivery.attempts.all())
    context: dict[str, object] = {"webhook": delivery.webhook, "delivery": delivery, "attempts": attempts}
    if attempts:
        context["last"] = attempts[-1]
        context["verification"] = verify.verification_of(attempts[-1], delivery.webhook)
        context |= {"snippets": verify.SNIPPETS, "tolerance": verify.TOLERANCE_MINUTES}
    return render(request, template, context)


@require_POST
@require(ACCOUNT_OWNER)
def delivery_redeliver(request: AccountRequest, pk: int, delivery_pk: int) -> HttpResponse:
    delivery = _delivery(request, pk, delivery_pk)
    if _sends_too_much(request):
        return redirect("webhooks:delivery_detail", pk, delivery_pk)
    detail = {"event": delivery.event.uid}
    with audit_log.recorded(request, "webhook.redelivered", subject=delivery.webhook.description, detail=detail):
        again = services.redeliver(delivery=delivery)
    messages.success(request, _("The event is on its way again, with the same id and the same body."))
    return redirect("webhooks:delivery_detail", pk, again.pk)


@require_POST
@require(ACCOUNT_OWNER)
def webhook_retry(request: AccountRequest, pk: int) -> HttpResponse:
    """Try the oldest waiting delivery at once, and show what comes of it."""
    webhook = get_object_or_404(Webhook.objects.of(request.account), pk=pk)
    if _sends_too_much(request):
        return redirect("webhooks:webhook_detail", pk)
    with transaction.atomic():
        delivery = services.retry_now(webhook=webhook)
        if delivery:
            detail = {"event": delivery.event.uid}
            audit_log.record_for_request(request, "webhook.retried", subject=webhook.description, detail=detail)
    if delivery is None:
        messages.info(request, _("No event is waiting."))
        return redirect("webhooks:webhook_detail", pk)
    return redirect("webhooks:delivery_detail", pk, delivery.pk)


@require_POST
@require(ACCOUNT_OWNER)
def test_send(request: AccountRequest, pk: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook.objects.of(request.account).select_related("account"), pk=pk)
    if _sends_too_much(request):
        return redirect("webhooks:webhook_detail", pk)
    if not webhook.is_active:
        messages.error(request, _("Switch the webhook on before you send a test event."))
        return redirect("webhooks:webhook_detail", pk)
    with audit_log.recorded(request, "webhook.tested", subject=webhook.description):
        delivery = services.send_test(webhook=webhook, actor=Actor.of(request))
    messages.success(request, _("A test event is on its way."))
    return redirect("webhooks:delivery_detail", pk, delivery.pk)


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def connection_check(request: AccountRequest, pk: int) -> HttpResponse:
    webhooks = Webhook.objects.of(request.account).prefetch_related("headers", "secrets")
    webhook = get_object_or_404(webhooks, pk=pk)
    steps = []
    if request.method == "POST" and not _sends_too_much(request):
        steps = check(webhook, Actor(request.user, via="page"), timezone.now())
    return render(request, "webhooks/connection_check.html", {"webhook": webhook, "steps": steps})


def _delivery(request: AccountRequest, pk: int, delivery_pk: int) -> Delivery:
    deliveries = Delivery.objects.filter(webhook__in=Webhook.objects.of(request.account), webhook=pk)
    related = deliveries.select_related("event__account", "webhook").prefetch_related("attempts", "webhook__secrets")
    return get_object_or_404(related, pk=delivery_pk)


def _sends_too_much(request: AccountRequest) -> bool:
    """Tell, and say so, when a person sends more by hand than they can look at."""
    if is_ratelimited(request, group="webhook-send", key="user", rate=SENDS_PER_PERSON, increment=True):
        messages.error(request, _("You sent many events within a minute. Wait a little, then try again."))
        return True
    return False

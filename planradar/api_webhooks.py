"""Webhooks by API, for tokens of the account owner (R-W1). Secrets go in and never come out."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema

from accounts.audit import log as audit_log
from accounts.rights import may_manage_account
from planradar.api_webhook_form import WebhookCreate, WebhookUpdate, forms_for
from planradar.api_webhook_resources import delivery_resource, webhook_resource
from tickets.api.conditional import ensure_match
from tickets.api.pagination import Paging, paged_response, single_response
from tickets.api.paths import CustomerPath, key_of
from tickets.api.responses import Page, Single
from tickets.api.schemas import Document
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError
from tokens.networks import address_of
from webhooks import services
from webhooks.audit_snapshot import facts_of
from webhooks.engine import jobs
from webhooks.models import Delivery, Webhook
from webhooks.models.status import Status
from webhooks.pages.views import MAX_WEBHOOKS

router = Router()


class WebhookPath(CustomerPath):
    webhook_id: str


class DeliveryPath(WebhookPath):
    delivery_id: str


class DeliveryQuery(Paging):
    sort: str = Field("", max_length=0, description="Newest first, always.")
    status: str = Field("", max_length=20, description="pending, delivered, failed, held or expired; empty: all.")


class Created(Schema):
    data: dict[str, object] = Field(description="The webhook, with `signing-secret` among its attributes, this once.")


def ensure_owner(request: ApiRequest) -> None:
    if not may_manage_account(request.auth.membership):
        raise ProblemError(403, _("Only a token of the account owner manages webhooks."))


def find_webhook(request: ApiRequest, path: WebhookPath) -> Webhook:
    ensure_owner(request)
    webhooks = (
        Webhook.objects.of(request.auth.account).select_related("account").prefetch_related("headers", "projects")
    )
    webhook = webhooks.filter(pk=key_of(path.webhook_id)).first()
    if webhook is None:
        raise ProblemError(404, _("There is no such webhook."))
    return webhook


def note(request: ApiRequest, action: str, webhook: Webhook, detail: dict[str, object] | None = None) -> None:
    audit_log.record(
        action,
        account=request.auth.account,
        actor=request.auth.actor,
        subject=webhook.description,
        detail=detail,
        ip=address_of(request),
    )


@router.get("/webhooks", response=Page, summary="List webhooks")
def webhook_list(request: ApiRequest, path: Path[CustomerPath], query: Query[Paging]) -> HttpResponse:
    """Only with a token of the account owner, as everything here."""
    ensure_owner(request)
    webhooks = Webhook.objects.of(request.auth.account).prefetch_related("headers", "projects")
    return paged_response(webhooks, query, webhook_resource)


@router.post("/webhooks", response={201: Created}, summary="Create a webhook")
def webhook_create(request: ApiRequest, path: Path[CustomerPath], body: Document[WebhookCreate]) -> HttpResponse:
    """The answer shows the signing secret, this once. The events are those of the catalogue."""
    ensure_owner(request)
    account = request.auth.account
    with transaction.atomic():
        audit_log.lock(account)
        if Webhook.objects.of(account).count() >= MAX_WEBHOOKS:
            raise ProblemError(422, _("An account has at most %(number)s webhooks.") % {"number": MAX_WEBHOOKS})
        forms = forms_for(body.data.attributes, account=account)
        forms.ensure_valid()
        secret = forms.form.save_with(forms.headers, now=timezone.now())
        webhook = forms.form.instance
        note(request, "webhook.created", webhook, facts_of(webhook))
    resource = webhook_resource(webhook)
    resource["attributes"]["signing-secret"] = secret
    return JsonResponse({"data": resource}, status=201)


@router.get("/webhooks/{webhook_id}", response=Single, summary="Read a webhook")
def webhook_detail(request: ApiRequest, path: Path[WebhookPath]) -> HttpResponse:
    return single_response(webhook_resource(find_webhook(request, path)))


@router.put("/webhooks/{webhook_id}", response=Single, summary="Update a webhook")
def webhook_update(request: ApiRequest, path: Path[WebhookPath], body: Document[WebhookUpdate]) -> HttpResponse:
    """Change what is given and leave the rest. A new receiver needs the secrets again, or `drop-secrets`."""
    with transaction.atomic():
        audit_log.lock(request.auth.account)
        webhook = find_webhook(request, path)
        ensure_match(request, webhook_resource(webhook))
        before = facts_of(webhook)
        forms = forms_for(body.data.attributes, account=request.auth.account, webhook=webhook)
        forms.ensure_valid()
        forms.form.save_with(forms.headers, now=timezone.now())
        if changes := audit_log.changes(before, facts_of(webhook)):
            note(request, "webhook.changed", webhook, dict(changes))
    return single_response(webhook_resource(find_webhook(request, path)))


@router.delete("/webhooks/{webhook_id}", response={204: None}, summary="Delete a webhook")
def webhook_delete(request: ApiRequest, path: Path[WebhookPath]) -> HttpResponse:
    with transaction.atomic():
        audit_log.lock(request.auth.account)
        webhook = find_webhook(request, path)
        ensure_match(request, webhook_resource(webhook))
        note(request, "webhook.deleted", webhook, facts_of(webhook))
        jobs.delete(webhook, timezone.now())
    return HttpResponse(status=204)


@router.post("/webhooks/{webhook_id}/test", response={201: Single}, summary="Send a test event")
def webhook_test(request: ApiRequest, path: Path[WebhookPath]) -> HttpResponse:
    """Answer with the delivery; read it again to learn how it went."""
    with transaction.atomic():
        audit_log.lock(request.auth.account)
        webhook = find_webhook(request, path)
        if not webhook.is_active:
            raise ProblemError(409, _("Switch the webhook on before you send a test event."))
        note(request, "webhook.tested", webhook)
        delivery = services.send_test(webhook=webhook, actor=request.auth.actor)
    return single_response(delivery_resource(delivery), status=201)


@router.get("/webhooks/{webhook_id}/deliveries", response=Page, summary="List the deliveries of a webhook")
def delivery_list(request: ApiRequest, path: Path[WebhookPath], query: Query[DeliveryQuery]) -> HttpResponse:
    """Newest first. Every delivery tells its attempts where it is read by itself."""
    deliveries = find_webhook(request, path).deliveries.select_related("event").order_by("-created_at", "-pk")
    if query.status:
        if query.status not in Status.values:
            raise ProblemError(400, _("There is no such status."), errors={"status": [_("There is no such status.")]})
        deliveries = deliveries.filter(status=query.status)
    return paged_response(deliveries, query, delivery_resource)


def find_delivery(request: ApiRequest, path: DeliveryPath) -> Delivery:
    deliveries = Delivery.objects.filter(webhook=find_webhook(request, path)).select_related("event", "webhook")
    delivery = deliveries.prefetch_related("attempts").filter(pk=key_of(path.delivery_id)).first()
    if delivery is None:
        raise ProblemError(404, _("There is no such delivery."))
    return delivery


@router.get("/webhooks/{webhook_id}/deliveries/{delivery_id}", response=Single, summary="Read a delivery")
def delivery_detail(request: ApiRequest, path: Path[DeliveryPath]) -> HttpResponse:
    delivery = find_delivery(request, path)
    return single_response(delivery_resource(delivery, attempts=list(delivery.attempts.all())))


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", response={201: Single}, summary="Send a delivery again"
)
def delivery_redeliver(request: ApiRequest, path: Path[DeliveryPath]) -> HttpResponse:
    """Send the event once more, with the same id and the same body, as a delivery of its own."""
    with transaction.atomic():
        audit_log.lock(request.auth.account)
        delivery = find_delivery(request, path)
        note(request, "webhook.redelivered", delivery.webhook, {"event": delivery.event.uid})
        again = services.redeliver(delivery=delivery)
    return single_response(delivery_resource(again), status=201)

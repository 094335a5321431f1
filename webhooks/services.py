"""Acts on webhooks that touch several rows: sending a test, sending again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from webhooks.engine.publish import Json, deliver_again, publish_to
from webhooks.events import WEBHOOK_TEST
from webhooks.models import Delivery, Webhook


def send_test(*, webhook: Webhook, actor: Actor) -> Delivery:
    """Publish a test event for this webhook alone; it goes the way of every event."""
    data: Json = {"id": str(webhook.pk), "type": "webhooks", "attributes": {"description": webhook.description}}
    with transaction.atomic():
        webhook.look_again(timezone.now())
        event = publish_to([webhook], WEBHOOK_TEST, account=webhook.account, project=None, actor=actor, data=data)
        return event.deliveries.get()


def recover(*, webhook: Webhook, since: datetime) -> int:
    """Send again every event that was given up since then; return how many."""
    with transaction.atomic():
        webhook.lock("state")  # so that nothing is sent twice where it is asked for twice at once
        webhook.look_again(timezone.now())
        failed = Delivery.objects.failed_since(webhook, since).order_by("created_at", "pk")
        return deliver_again(webhook, list(failed.values_list("event_id", flat=True)))


def redeliver(*, delivery: Delivery) -> Delivery:
    """Send the event once more, as a delivery of its own with the same event id and the same bytes."""
    with transaction.atomic():
        delivery.webhook.look_again(timezone.now())
        deliver_again(delivery.webhook, [delivery.event_id])
        return delivery.webhook.deliveries.filter(event=delivery.event_id).latest("pk")

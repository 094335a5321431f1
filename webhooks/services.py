"""Acts on webhooks that touch several rows: sending a test, sending again."""

from __future__ import annotations

from django.db import transaction

from accounts.actors import Actor
from webhooks.events import WEBHOOK_TEST
from webhooks.models import Delivery, Webhook
from webhooks.publish import Json, deliver, publish_to


def send_test(*, webhook: Webhook, actor: Actor) -> Delivery:
    """Publish a test event for this webhook alone; it goes the way of every event."""
    data: Json = {"id": str(webhook.pk), "type": "webhooks", "attributes": {"description": webhook.description}}
    with transaction.atomic():
        event = publish_to([webhook], WEBHOOK_TEST, account=webhook.account, project=None, actor=actor, data=data)
        return event.deliveries.get()


def redeliver(*, delivery: Delivery) -> Delivery:
    """Send the event once more, as a delivery of its own with the same event id and the same bytes."""
    with transaction.atomic():
        return deliver(delivery.event, [delivery.webhook])[0]

"""What the owner does with deliveries by hand: sending a test, sending again, trying at once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from webhooks.engine.publish import Json, deliver_again, publish_to
from webhooks.engine.wakeups import wake_after_commit
from webhooks.events import WEBHOOK_TEST
from webhooks.models import Delivery, Webhook


def send_test(*, webhook: Webhook, actor: Actor) -> Delivery:
    """Publish a test event for this webhook alone. It goes the way of every event, before all that waits."""
    data = test_data(webhook)
    with transaction.atomic():
        event = publish_to(
            [webhook], WEBHOOK_TEST, account=webhook.account, project=None, actor=actor, data=data, is_urgent=True
        )
        return event.deliveries.get()


def test_data(webhook: Webhook) -> Json:
    """Return what a test event tells: about the webhook itself."""
    return {"id": str(webhook.pk), "type": "webhooks", "attributes": {"description": webhook.description}}


def redeliver(*, delivery: Delivery) -> Delivery:
    """Send the event once more, as a delivery of its own with the same event id and the same bytes."""
    with transaction.atomic():
        return deliver_again(delivery.webhook, delivery.event)


def retry_now(*, webhook: Webhook) -> Delivery | None:
    """Send the oldest waiting delivery at once; None where none waits. It counts as no step of the back-off."""
    with transaction.atomic():
        oldest = webhook.deliveries.waiting().order_by("next_attempt_at", "pk").first()
        if oldest:
            Delivery.objects.filter(pk=oldest.pk).hurry(timezone.now())
            wake_after_commit([webhook])
        return oldest

"""Rows for benchmarks: an account, webhooks, and deliveries that wait to be sent."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Account, Membership, User
from webhooks import events
from webhooks.engine.publish import publish_to
from webhooks.models import Delivery, Event, Webhook

ATTRIBUTES = {"subject": "Crack in the stairwell wall", "status-id": 1, "description": "x" * 600}


def make_account() -> Account:
    account = Account.objects.create(name=f"Bench {uuid.uuid4()}")
    user = User.objects.create_user(f"{uuid.uuid4()}@bench.example", name="Bench")
    account.owner = Membership.objects.create(account=account, user=user)
    account.save()
    return account


def make_webhook(account: Account, url: str) -> Webhook:
    webhook = Webhook.objects.create(account=account, description="bench", url=url, events=[events.TICKET_CREATED])
    webhook.make_secret(idempotency_key=uuid.uuid4(), now=timezone.now())
    return webhook


def happen(webhook: Webhook) -> Event:
    """Publish one event for the webhook, without waking anybody."""
    with transaction.atomic():
        event = publish_to(
            [webhook],
            events.TICKET_CREATED,
            account=webhook.account,
            project=None,
            actor=Actor(webhook.account.owner.user, via="page"),
            data={"id": "1", "type": "tickets", "attributes": ATTRIBUTES},
        )
        transaction.get_connection().run_on_commit.clear()
    return event


def fill(webhook: Webhook, count: int) -> None:
    """Let `count` events wait for the webhook."""
    body = happen(webhook).body
    rows = Event.objects.bulk_create(
        Event(account=webhook.account, type=events.TICKET_CREATED, body=body) for _ in range(count - 1)
    )
    Delivery.objects.bulk_create(Delivery(event=event, webhook=webhook) for event in rows)

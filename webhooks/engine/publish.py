"""Publishing: an event and its deliveries are written in the caller's transaction, or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Account, Project
from webhooks.engine.wakeups import wake
from webhooks.models import Delivery, Event, Webhook
from webhooks.models.delivery import new_event_uid

Json = dict[str, object]


class NotInTransaction(RuntimeError):
    """Publishing outside `atomic()` could tell of a change that is then rolled back."""


def publish(
    event_type: str,
    *,
    account: Account,
    project: Project | None,
    actor: Actor,
    data: Json,
    changes: dict[str, dict[str, object]] | None = None,
) -> Event:
    """Write the event for every webhook that subscribes to it, in four queries, and wake those after the commit.

    `data` is the JSON:API resource as the API returns it; `changes` maps attributes to `{"from": …, "to": …}`.
    """
    receivers = Webhook.objects.subscribed_to(event_type, account, project)
    return publish_to(receivers, event_type, account=account, project=project, actor=actor, data=data, changes=changes)


def publish_to(
    receivers: Sequence[Webhook],
    event_type: str,
    *,
    account: Account,
    project: Project | None,
    actor: Actor,
    data: Json,
    changes: dict[str, dict[str, object]] | None = None,
) -> Event:
    """Write the event for these webhooks, whether they subscribe to it or not."""
    if not connection.in_atomic_block:
        raise NotInTransaction(event_type)
    _keep_order(account)
    now, uid = timezone.now(), new_event_uid()
    body: Json = {
        "id": uid,
        "event": event_type,
        "created-at": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "account": {"id": str(account.pk), "name": account.name},
        "project": {"id": str(project.pk), "name": project.name} if project else None,
        "actor": actor.as_json(),
        "data": data,
    }
    if changes is not None:
        body["changes"] = changes
    event = Event.objects.create(
        uid=uid,
        account=account,
        project=project,
        type=event_type,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        created_at=now,
    )
    Delivery.objects.bulk_create(_delivery(webhook, now, event_id=event.pk) for webhook in receivers)
    _wake_after_commit(receivers)
    return event


def _keep_order(account: Account) -> None:
    """Let the account's events be committed in the order of their keys: who reads them in order then misses none."""
    list(Account.objects.select_for_update(no_key=True).filter(pk=account.pk).values_list("pk"))


def deliver_again(webhook: Webhook, event_ids: Sequence[int]) -> int:
    """Put events on their way to a webhook once more, as deliveries of their own; return how many."""
    now = timezone.now()
    rows = [_delivery(webhook, now, event_id=event_id) for event_id in event_ids]
    Delivery.objects.bulk_create(rows, batch_size=1000)
    _wake_after_commit([webhook])
    return len(rows)


def _delivery(webhook: Webhook, now: datetime, *, event_id: int) -> Delivery:
    """Return a new delivery: waiting where the webhook is on, held where it is not."""
    status, due = (Delivery.Status.PENDING, now) if webhook.is_active else (Delivery.Status.HELD, None)
    return Delivery(event_id=event_id, webhook=webhook, created_at=now, status=status, next_attempt_at=due)


def _wake_after_commit(webhooks: Sequence[Webhook]) -> None:
    if ids := [webhook.pk for webhook in webhooks if webhook.is_active]:
        transaction.on_commit(lambda: wake(ids), robust=True)

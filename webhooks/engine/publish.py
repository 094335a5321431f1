"""Publishing: an event and its deliveries are written in the caller's transaction, or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Account, Project
from lib.db import require_atomic
from webhooks.conditions import TicketState as TicketState  # what those who publish pass
from webhooks.engine.wakeups import wake_after_commit
from webhooks.models import Delivery, Event, Webhook
from webhooks.models.event import new_event_uid

Json = dict[str, object]


def publish(
    event_type: str,
    *,
    account: Account,
    project: Project | None,
    actor: Actor,
    data: Json,
    changes: dict[str, dict[str, object]] | None = None,
    ticket: TicketState | None = None,
) -> Event:
    """Write the event for every webhook that subscribes to it, in five queries, and wake those after the commit.

    `data` is the JSON:API resource as the API returns it; `changes` maps attributes to `{"from": …, "to": …}`;
    `ticket` is what conditions decide by, and whose order is kept.
    """
    receivers = Webhook.objects.subscribed_to(event_type, account, project, ticket)
    return publish_to(
        receivers,
        event_type,
        account=account,
        project=project,
        actor=actor,
        data=data,
        changes=changes,
        ticket=ticket,
    )


def publish_to(
    receivers: Sequence[Webhook],
    event_type: str,
    *,
    account: Account,
    project: Project | None,
    actor: Actor,
    data: Json,
    changes: dict[str, dict[str, object]] | None = None,
    ticket: TicketState | None = None,
    is_urgent: bool = False,
) -> Event:
    """Write the event for these webhooks, whether they subscribe to it or not."""
    require_atomic(event_type)
    _keep_order(account)
    now = timezone.now()
    event = Event.objects.create(
        uid=new_event_uid(), account=account, project=project, type=event_type, ticket=ticket, created_at=now
    )
    body = head_of(event, account, project, actor) | {"data": data}
    if changes is not None:
        body["changes"] = changes
    event.body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    event.save(update_fields=["body"])  # it holds the event's place in the log, which the insert gave
    deliveries = [Delivery.of(event, webhook, now) for webhook in receivers]
    for delivery in deliveries:
        delivery.is_urgent = is_urgent
    Delivery.objects.bulk_create(deliveries)
    wake_after_commit(receivers)
    return event


def head_of(event: Event, account: Account, project: Project | None, actor: Actor) -> Json:
    return {
        "id": event.uid,
        "event": event.type,
        "event_name": event.type,
        "sequence": event.pk,
        "created-at": event.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "origin_user_agent": actor.user_agent,
        "account": {"id": str(account.pk), "name": account.name},
        "project": {"id": str(project.pk), "name": project.name} if project else None,
        "actor": actor.as_json(),
    }


def _keep_order(account: Account) -> None:
    """Let the account's events be committed in the order of their keys: who reads them in order then misses none."""
    list(Account.objects.select_for_update(no_key=True).filter(pk=account.pk).values_list("pk"))


def deliver_again(webhook: Webhook, event: Event) -> Delivery:
    """Put an event on its way to a webhook once more, at once, because a person asks for it."""
    delivery = Delivery.of(event, webhook, timezone.now(), origin=Delivery.Origin.AGAIN)
    delivery.is_urgent = True
    delivery.save()
    wake_after_commit([webhook])
    return delivery

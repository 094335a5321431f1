"""Draining a webhook: claim a batch, send it with no transaction open, record it, until nothing is due.

One drain at a time works on a webhook, so the number of its connections in flight is bounded. A batch ends within
`START_LIMIT` plus one attempt's time-out, well before its lease.
"""

from __future__ import annotations

import base64
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import connection
from django.utils import timezone

from webhooks.claims import claim, leave_webhook, release, take_webhook
from webhooks.models import Delivery, Webhook
from webhooks.models.webhook import FAILURES_UNTIL_FAILING
from webhooks.record import Sent, record
from webhooks.send import Outcome, Receiver
from webhooks.signing import signature_headers
from webhooks.wake import wake

BATCH = 100
IN_FLIGHT = 8  # connections to one receiver
TIME_SLICE = 10.0  # seconds, then others have their turn
START_LIMIT = 20.0  # seconds after the claim, in which attempts may start
MASK = "••••••"


def drain(webhook_id: int) -> None:
    """Send what the webhook has due, for one time slice at most."""
    lease, ends = uuid.uuid4(), time.monotonic() + TIME_SLICE
    while webhook := take_webhook(webhook_id, lease, timezone.now()):
        may_have_more = True
        while may_have_more and time.monotonic() < ends:
            may_have_more = _drain_batch(webhook, lease)
        if may_have_more:
            leave_webhook(webhook_id, lease, even_if_woken=True)
            wake([webhook_id])
            return
        if leave_webhook(webhook_id, lease):
            return


def _drain_batch(webhook: Webhook, lease: uuid.UUID) -> bool:
    """Claim, send and record one batch; return whether more may be due."""
    now = timezone.now()
    limit = webhook.batch_size(now, BATCH)
    batch = claim(webhook, lease, now, limit) if limit else []
    if not batch:
        return False
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # nothing of the database is held while sockets are open
    run = _Run(webhook, now)
    sent = list(run.send(batch))
    now = timezone.now()
    record(webhook, sent, lease, now)
    unsent = {delivery.pk: delivery for delivery in batch}
    for one in sent:
        unsent.pop(one.delivery.pk)
    release(unsent.values(), lease, now)
    return len(batch) == limit and not unsent and not webhook.is_failing


class _Run:
    """Sends one batch, and gives up on the rest once the receiver has shown that it is down."""

    def __init__(self, webhook: Webhook, now: datetime) -> None:
        self._receiver = Receiver(webhook.url)
        self._secrets = webhook.signing_secrets(now)
        self._headers, self._shown = _fixed_headers(webhook)
        self._stops = time.monotonic() + START_LIMIT
        self._lock = threading.Lock()
        self._failures = 0

    def send(self, batch: list[Delivery]) -> Iterator[Sent]:
        if len(batch) == 1:
            yield self._post(batch[0])
            return
        with ThreadPoolExecutor(min(IN_FLIGHT, len(batch))) as pool:
            yield from filter(None, pool.map(self._post_unless_down, batch))

    def _post_unless_down(self, delivery: Delivery) -> Sent | None:
        if self._failures >= FAILURES_UNTIL_FAILING or time.monotonic() > self._stops:
            return None
        sent = self._post(delivery)
        self._learn(sent.outcome)
        return sent

    def _learn(self, outcome: Outcome) -> None:
        with self._lock:
            self._failures = 0 if outcome.succeeded else self._failures + 1

    def _post(self, delivery: Delivery) -> Sent:
        started_at, body = timezone.now(), delivery.event.body.encode()
        own = {"Content-Type": "application/json", "User-Agent": "PlanRadar-Webhooks/1"}
        own |= signature_headers(
            self._secrets, message_id=delivery.event.uid, timestamp=int(started_at.timestamp()), body=body
        )
        outcome = self._receiver.post(headers=own | self._headers, body=body)
        return Sent(delivery, started_at, _head(own) + self._shown, outcome)


def _head(headers: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in headers.items())


def _fixed_headers(webhook: Webhook) -> tuple[dict[str, str], str]:
    """Return the headers that are the same for every delivery: as they are sent, and as they may be shown."""
    sent, shown = {}, {}
    if webhook.basic_user:
        credentials = f"{webhook.basic_user}:{webhook.basic_password or ''}".encode()
        sent["Authorization"] = f"Basic {base64.b64encode(credentials).decode()}"
        shown["Authorization"] = f"Basic {MASK}"
    for header in webhook.headers.all():
        sent[header.name] = header.value
        shown[header.name] = MASK if header.is_hidden else header.value
    return sent, _head(shown)

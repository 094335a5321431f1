"""Draining a webhook: claim a batch, send it with no transaction open, record it, until nothing is due.

One drain at a time works on a webhook, so the number of its connections in flight is bounded. A batch ends within
`START_LIMIT` plus one attempt's time-out, well before its lease.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import connection
from django.utils import timezone

from webhooks.engine.leases import claim, leave_webhook, release, take_webhook
from webhooks.engine.record import Result, record
from webhooks.engine.wakeups import wake
from webhooks.http.request import Sender
from webhooks.models import Delivery, Webhook
from webhooks.models.health import FAILURES_UNTIL_FAILING, SLOW

BATCH = 100
IN_FLIGHT = 8  # connections to one receiver
TIME_SLICE = 10.0  # seconds, then others have their turn
START_LIMIT = 20.0  # seconds after the claim, in which attempts may start


def drain(webhook_id: int, *, may_wait: bool) -> None:
    """Send what the webhook has due, for one time slice at most.

    Where the worker may not wait, a receiver that failed lately or is slow is handed to one that may.
    """
    lease, ends = uuid.uuid4(), time.monotonic() + TIME_SLICE
    while webhook := take_webhook(webhook_id, lease, timezone.now()):
        more = True
        while more and time.monotonic() < ends and (may_wait or not webhook.may_keep_waiting):
            more = _drain_batch(webhook, lease, may_wait=may_wait)
        if more:
            leave_webhook(webhook_id, lease, even_if_woken=True)
            wake([webhook_id], even_if_woken=True)
            return
        if leave_webhook(webhook_id, lease):
            return


def _drain_batch(webhook: Webhook, lease: uuid.UUID, *, may_wait: bool) -> bool:
    """Claim, send and record one batch; return whether more may be due."""
    now = timezone.now()
    limit = webhook.batch_size(now, BATCH)
    batch = claim(webhook, lease, now, limit)
    if not batch:
        return False
    may_be_more = len(batch) >= limit or any(one.is_urgent or one.order_key for one in batch)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # nothing of the database is held while sockets are open
    sent = _Run(webhook, now, may_wait=may_wait).send(batch)
    now = timezone.now()
    record(webhook, sent, lease, now)
    unsent = {delivery.pk: delivery for delivery in batch}
    for one in sent:
        unsent.pop(one[0].pk)
    release(unsent.values(), lease, now)
    return may_be_more and not unsent and not webhook.is_failing


class _Run:
    """Sends one batch, and gives up on the rest once the receiver has shown that it is down or too slow."""

    def __init__(self, webhook: Webhook, now: datetime, *, may_wait: bool) -> None:
        self._may_wait = may_wait
        self._sender = Sender(webhook, now)
        self._in_flight = 1 if webhook.failing_since else IN_FLIGHT
        self._stops = time.monotonic() + START_LIMIT
        self._failures = 0

    def send(self, batch: list[Delivery]) -> list[Result]:
        """Send the batch over several connections; return what was sent, in the order in which it ended."""
        waiting, sent = deque(batch), list[Result]()
        workers = min(self._in_flight, len(batch))
        if workers == 1:
            self._work(waiting, sent)
            return sent
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(self._work, waiting, sent) for _ in range(workers)]:
                done.result()
        return sent

    def _work(self, waiting: deque[Delivery], sent: list[Result]) -> None:
        while self._failures < FAILURES_UNTIL_FAILING and time.monotonic() < self._stops:
            try:
                delivery = waiting.popleft()
            except IndexError:
                return
            is_backfill = delivery.origin == Delivery.Origin.BACKFILL
            outcome = self._sender.post(delivery.event.uid, delivery.event.body.encode(), is_backfill=is_backfill)
            sent.append((delivery, outcome))
            if outcome.duration_ms > SLOW and not self._may_wait:
                self._stops = time.monotonic()
            self._failures = 0 if outcome.succeeded else self._failures + 1

"""Draining a webhook: claim, send and record with no transaction open while a socket is, until nothing is due.

One drain at a time works on a webhook, so the number of its requests in flight is bounded. What is claimed is started
within `START_LIMIT` and over an attempt's time-out later, well before its lease is.
"""

from __future__ import annotations

import logging
import time
import uuid

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from webhooks.engine.concurrency import Concurrency
from webhooks.engine.leases import acquire_drain_lease, claim, release, release_drain_lease
from webhooks.engine.receiver import receiver_of
from webhooks.engine.record import record
from webhooks.engine.sender import Result, Sender
from webhooks.engine.wakeups import wake
from webhooks.http.connections import kept
from webhooks.models import Delivery, Webhook

BATCH = 400
TIME_SLICE = 10.0  # seconds, then others have their turn
START_LIMIT = 20.0  # seconds after the claim, in which attempts may start
MOMENT = 0.05  # seconds for which a connection to the database is held while nothing happens
logger = logging.getLogger(__name__)


def drain(webhook_id: int, *, slow_lane: bool) -> None:
    """Send what the webhook has due, for one time slice at most.

    Outside the slow lane, a receiver that failed lately or is slow is handed over to it.
    """
    lease, ends = uuid.uuid4(), time.monotonic() + TIME_SLICE
    while webhook := acquire_drain_lease(webhook_id, lease, timezone.now()):
        is_in_wrong_lane = webhook.uses_slow_lane and not slow_lane
        if is_in_wrong_lane or _Drain(webhook, lease, ends, slow_lane=slow_lane).run():
            release_drain_lease(webhook_id, lease, force=True)
            wake([webhook_id], force=True)
            return
        if release_drain_lease(webhook_id, lease):
            return


class _Drain:
    """One drain: claims ahead of what is being sent, and records behind it."""

    def __init__(self, webhook: Webhook, lease: uuid.UUID, ends: float, *, slow_lane: bool) -> None:
        self._webhook, self._lease, self._ends, self._slow_lane = webhook, lease, ends, slow_lane
        self._may_claim, self._is_ordered = True, False

    def run(self) -> bool:
        """Send until nothing is due or the time is over; return whether more may be due."""
        now = timezone.now()
        if not (first := self._claim()):
            return False
        connections = kept.take(self._webhook.pk)
        start = 1 if self._webhook.first_failure_at else self._webhook.concurrency
        concurrency = Concurrency(start, self._webhook.concurrency_ceiling)
        sender = Sender(receiver_of(self._webhook, now), connections, concurrency, is_patient=self._slow_lane)
        try:
            sender.permit()
            sender.send(first, time.monotonic() + START_LIMIT)
            while not sender.is_finished:
                self._step(sender, concurrency)
        except (InterfaceError, OperationalError):
            logger.warning("The database failed during a drain. What was sent is recorded once it is back.")
        finally:
            results, unsent = sender.close()
            kept.give_back(self._webhook.pk, connections, sender.peak)
        self._record(results, concurrency)
        release(self._webhook, unsent, self._lease, timezone.now())
        return bool(self._may_claim or unsent) and not self._webhook.is_failing and self._webhook.is_active

    def _step(self, sender: Sender, concurrency: Concurrency) -> None:
        results = sender.collect(MOMENT)
        if results is None:
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()  # others need it while this one waits for a receiver
            results = sender.collect(START_LIMIT) or []
        self._record(results, concurrency)
        if sender.is_finished and not self._may_claim:
            return
        if (results and self._webhook.is_failing) or not self._webhook.is_unchanged():
            sender.stop()
            return
        may_claim = self._may_claim and not self._webhook.is_failing  # one probe at a time
        if may_claim and sender.waiting <= concurrency.limit and time.monotonic() < self._ends:
            self._top_up(sender)
        sender.permit()

    def _top_up(self, sender: Sender) -> None:
        may_unlock = self._is_ordered and not sender.is_finished  # what is on its way lets others follow
        sender.send(self._claim(), time.monotonic() + START_LIMIT)
        self._may_claim |= may_unlock

    def _record(self, results: list[Result], concurrency: Concurrency) -> None:
        if results:
            if not self._webhook.first_failure_at:
                self._webhook.concurrency = concurrency.limit
            record(self._webhook, results, self._lease, timezone.now())

    def _claim(self) -> list[Delivery]:
        """Claim as many as may be sent now; note whether there may be more."""
        now = timezone.now()
        limit = self._webhook.batch_size(now, BATCH)
        left = self._webhook.sends_left(now)
        limit = limit if left is None else min(limit, left)
        batch = claim(self._webhook, self._lease, now, limit)
        self._webhook.book_sends(len(batch), now)
        self._is_ordered |= any(one.order_key for one in batch)
        self._may_claim = bool(batch) and (
            self._is_ordered or len(batch) >= limit or any(one.is_urgent for one in batch)
        )
        return batch

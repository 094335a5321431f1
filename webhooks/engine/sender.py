"""Sending deliveries from a thread of its own, so that the next are on their way while the last are recorded.

The thread touches no database. It starts a request only for as long as the drain has said that the webhook is still
on and its URL the same: the drain looks again whenever it is asked to.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable

from webhooks.engine.concurrency import Concurrency
from webhooks.http.client import Client
from webhooks.http.connections import Connections
from webhooks.http.outcome import Outcome
from webhooks.http.request import Receiver
from webhooks.models import Delivery
from webhooks.models.health import FAILURES_UNTIL_FAILING, SLOW

PERMIT = 0.025  # seconds for which it counts that the webhook is on
RECORD_AT, RECORD_AFTER = 200, 0.2  # outcomes, and seconds, after which they are worth recording
LONG = 60.0  # seconds
Result = tuple[Delivery, Outcome]
logger = logging.getLogger(__name__)


class Sender:
    """Sends what it is given, as many at once as the receiver takes, until it is stopped or gives up.

    It gives up once the receiver has shown that it is down or, where the worker may not wait, too slow.
    """

    def __init__(
        self, receiver: Receiver, connections: Connections, concurrency: Concurrency, *, is_patient: bool
    ) -> None:
        self._client = Client[Delivery](receiver, connections)
        self._connections, self._concurrency, self._is_patient = connections, concurrency, is_patient
        self._waiting, self._done = deque[tuple[Delivery, float]](), deque[Result]()
        self._news = threading.Event()
        self._permitted_until, self._recorded_at, self._failures = 0.0, time.monotonic(), 0
        self._is_stopped = self._is_closed = self._is_broken = self._is_full = False
        self._in_flight = self._peak = 0
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing is on its way, and nothing will be of what it was given."""
        is_over = not self._in_flight and (self._is_stopped or not self._waiting)
        return not self._done and (is_over or self._is_broken)

    @property
    def peak(self) -> int:
        return self._peak

    def send(self, deliveries: Iterable[Delivery], start_by: float) -> None:
        """Send deliveries, unless they cannot be started by then, in the time of `time.monotonic`."""
        self._waiting.extend((delivery, start_by) for delivery in deliveries)
        if self._thread.ident is None:
            self._thread.start()

    def permit(self) -> None:
        """Let requests be started for a little while."""
        self._permitted_until = time.monotonic() + PERMIT
        self._connections.wake()

    def stop(self) -> None:
        """Start nothing more."""
        self._is_stopped = True
        self._connections.wake()

    def collect(self, timeout: float) -> list[Result] | None:
        """Wait for news; return what ended, if it is worth recording, or None when the time is over."""
        if not self._news.wait(timeout):
            return None
        self._news.clear()
        return self._take_done() if self._is_worth_recording else []

    def close(self) -> tuple[list[Result], list[Delivery]]:
        """End the thread, once what is on its way is back; return what ended since, and what was not sent."""
        self._is_closed = True
        self.stop()
        if self._thread.ident:
            self._thread.join()
        return self._take_done(), [delivery for delivery, _ in self._waiting]

    def _take_done(self) -> list[Result]:
        self._recorded_at = time.monotonic()
        return [self._done.popleft() for _ in range(len(self._done))]

    def _run(self) -> None:
        try:
            while not (self._is_closed and not self._in_flight):
                self._start_some()
                self._tell()
                for delivery, outcome in self._client.wait(LONG if self._news.is_set() else self._patience):
                    self._take(delivery, outcome)
        except Exception:
            logger.exception("Sending ended early; what was claimed is due again after its lease.")
            self._is_broken = True
        self._news.set()

    def _start_some(self) -> None:
        now = time.monotonic()
        while self._waiting and not self._is_stopped and self._in_flight < self._concurrency.limit:
            if now > self._permitted_until:
                break
            delivery, start_by = self._waiting[0]
            if now > start_by:
                self._is_stopped = True
                break
            self._waiting.popleft()
            self._in_flight += 1
            is_backfill = delivery.origin == Delivery.Origin.BACKFILL
            self._client.start(delivery, delivery.event.uid, delivery.event.body.encode(), is_backfill=is_backfill)
        self._is_full = self._in_flight >= self._concurrency.limit
        self._peak = max(self._peak, self._in_flight)

    def _take(self, delivery: Delivery, outcome: Outcome) -> None:
        self._done.append((delivery, outcome))
        self._concurrency.count_results(outcome, self._in_flight, is_full=self._is_full)
        self._in_flight -= 1  # last, so that nothing is ever neither on its way nor done
        self._failures = 0 if outcome.succeeded else self._failures + 1
        is_too_slow = outcome.duration_ms > SLOW and not self._is_patient
        if self._failures >= FAILURES_UNTIL_FAILING or is_too_slow:
            self._is_stopped = True

    def _tell(self) -> None:
        """Let the drain know that there is something to record, to permit, or nothing more to do."""
        wants_permit = self._has_room and time.monotonic() > self._permitted_until
        if wants_permit or self._is_worth_recording:
            self._news.set()

    @property
    def _is_worth_recording(self) -> bool:
        return len(self._done) >= RECORD_AT or not self._patience or not self._in_flight

    @property
    def _has_room(self) -> bool:
        room = self._in_flight < self._concurrency.limit
        return bool(self._waiting) and not self._is_stopped and room

    @property
    def _patience(self) -> float:
        """Return the seconds until what is done should be recorded."""
        return max(self._recorded_at + RECORD_AFTER - time.monotonic(), 0) if self._done else LONG

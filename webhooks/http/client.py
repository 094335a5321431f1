"""Sending requests to a receiver with libcurl: many at once, from one thread. It raises nothing."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Generic, TypeVar

import pycurl
from django.utils import timezone

from webhooks.http.connections import Connections
from webhooks.http.exchange import TOTAL_TIMEOUT, Exchange
from webhooks.http.outcome import DeliveryError, Outcome
from webhooks.http.request import Receiver

Key = TypeVar("Key")
logger = logging.getLogger(__name__)


class Client(Generic[Key]):
    """Sends a receiver's requests over its connections. `key` says which of them ended. For one thread."""

    def __init__(self, receiver: Receiver, connections: Connections) -> None:
        self._receiver, self._connections = receiver, connections
        self._free = list[Exchange]()
        self._busy = dict[pycurl.Curl, tuple[Key, Exchange]]()
        self._ended = list[tuple[Key, Outcome]]()
        self._certificate_days: int | None = None

    @property
    def in_flight(self) -> int:
        return len(self._busy) + len(self._ended)

    def start(self, key: Key, event_uid: str, body: bytes, *, is_backfill: bool = False) -> None:
        """Send an event. Where nothing can be sent, `wait` says so."""
        if self._receiver.error:
            self._ended.append((key, Outcome(self._receiver.error, duration_ms=0)))
            return
        try:
            exchange = self._free.pop() if self._free else Exchange(self._receiver)
            exchange.begin(self._receiver.message(event_uid, body, timezone.now(), is_backfill=is_backfill))
            self._connections.start(exchange.handle)
            self._busy[exchange.handle] = (key, exchange)
        except (pycurl.error, OSError, ValueError):
            logger.exception("A request could not be made.")
            self._ended.append((key, Outcome(DeliveryError.INTERNAL, duration_ms=0)))

    def wait(self, timeout: float) -> list[tuple[Key, Outcome]]:
        """Return the outcomes of requests that ended, after `timeout` seconds at most."""
        ended, self._ended = self._ended, []
        for one in self._connections.wait(0 if ended else timeout):
            key, exchange = self._busy.pop(one.handle)
            ended.append((key, self._known(exchange.outcome(one, self._receiver.mask))))
            self._free.append(exchange)
        return ended

    def _known(self, outcome: Outcome) -> Outcome:
        """Add what is known of a kept connection's certificate."""
        if outcome.certificate_days is not None:
            self._certificate_days = outcome.certificate_days
        elif self._certificate_days is not None:
            return replace(outcome, certificate_days=self._certificate_days)
        return outcome


def send(receiver: Receiver, event_uid: str, body: bytes) -> Outcome:
    """Send one event over a new connection and return how it ended."""
    connections = Connections()
    try:
        client = Client[None](receiver, connections)
        client.start(None, event_uid, body)
        while not (ended := client.wait(TOTAL_TIMEOUT)):
            pass
        return ended[0][1]
    finally:
        connections.close()

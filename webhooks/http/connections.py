"""Connections to receivers: one libcurl multi handle for each webhook, driven by one thread at a time.

libcurl resolves, races the addresses, speaks TLS and HTTP, and keeps connections. Whether a connection may be opened
is asked of `webhooks.http.ssrf` for each address that libcurl is about to connect to.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass

import pycurl

IDLE_LIMIT = 60.0  # seconds that connections are kept between two drains of a webhook
KEPT = 1024  # connections at most, over all webhooks of this process
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
EVENTS = {pycurl.POLL_IN: READ, pycurl.POLL_OUT: WRITE, pycurl.POLL_INOUT: READ | WRITE}


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that is over; `code` and `message` are libcurl's, 0 and empty where the answer is whole."""

    handle: pycurl.Curl
    code: int = 0
    message: str = ""


class Connections:
    """The connections of one webhook, and the requests that are on their way over them."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._due: float | None = None
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._selector.register(self._bell, READ)
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._schedule)

    def start(self, handle: pycurl.Curl) -> None:
        self._multi.add_handle(handle)

    def wait(self, timeout: float) -> list[Ended]:
        """Drive the requests until one is over, `wake` is called, or `timeout` seconds have passed."""
        ends = time.monotonic() + timeout
        while True:
            now = time.monotonic()
            woken = self._drive(now, ends)
            ended = self._take_ended()
            if ended or woken or now >= ends:
                return ended

    def wake(self) -> None:
        """Let `wait` return. For other threads."""
        self._rope.send(b"\0")

    def close(self) -> None:
        self._multi.close()
        self._selector.close()
        self._bell.close()
        self._rope.close()

    def _drive(self, now: float, ends: float) -> bool:
        """Do what is due, or wait for it; return whether it was woken."""
        if self._due is not None and self._due <= now:
            self._due = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
            return False
        woken = False
        until = ends if self._due is None else min(ends, self._due)
        for key, events in self._selector.select(max(until - now, 0)):
            if key.fileobj is self._bell:
                woken = bool(self._bell.recv(4096))
            else:
                self._multi.socket_action(key.fd, events)  # libcurl counts them as selectors do: 1 and 2
        return woken

    def _take_ended(self) -> list[Ended]:
        ended, queued = list[Ended](), 1
        while queued:
            queued, good, bad = self._multi.info_read(64)
            ended += [Ended(handle) for handle in good]
            ended += [Ended(*one) for one in bad]
        for one in ended:
            self._multi.remove_handle(one.handle)
        return ended

    def _watch(self, wanted: int, descriptor: int, *rest: object) -> None:
        if wanted == pycurl.POLL_REMOVE:
            with suppress(KeyError):
                self._selector.unregister(descriptor)
            return
        try:
            self._selector.modify(descriptor, EVENTS[wanted])
        except KeyError:
            self._selector.register(descriptor, EVENTS[wanted])

    def _schedule(self, milliseconds: int) -> None:
        self._due = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


class Kept:
    """Connections between two drains, by webhook: never shared, closed when they are old or too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: OrderedDict[Hashable, tuple[float, int, Connections]] = OrderedDict()

    def take(self, webhook: Hashable) -> Connections:
        with self._lock:
            self._close_old()
            _, _, kept = self._idle.pop(webhook, (0.0, 0, None))
        return kept or Connections()

    def give_back(self, webhook: Hashable, connections: Connections, count: int) -> None:
        """Keep connections, at most `count` of them open, for the next drain."""
        with self._lock:
            _, _, other = self._idle.pop(webhook, (0.0, 0, None))
            if other:
                other.close()
            self._idle[webhook] = (time.monotonic(), count, connections)
            self._close_old()

    def close(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.popitem()[1][2].close()

    def _close_old(self) -> None:
        held = sum(count for _, count, _ in self._idle.values())
        while self._idle:
            since, count, connections = next(iter(self._idle.values()))
            if time.monotonic() - since < IDLE_LIMIT and held <= KEPT:
                return
            self._idle.popitem(last=False)
            connections.close()
            held -= count


kept = Kept()

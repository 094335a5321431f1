"""Connections to receivers: to checked addresses alone, and never for longer or more than a call may take.

A call is one request and its answer. Its `Call` travels in a thread-local, because sockets below `http.client` take
no further arguments: the socket looks up there how long it has, and opening notes what its steps took.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPResponse
from typing import Any

import certifi
import ssrfguard
from django.conf import settings
from ssrfguard import Address, Target
from typing_extensions import Buffer

from webhooks.http.ssrf import policy

CONNECT_TIMEOUT = 5.0  # seconds, for the name and for each address
ANSWER_LIMIT = 64 * 1024  # bytes, head and body
IDLE_LIMIT = 60.0  # seconds that a connection is kept without use
KEPT_PER_ORIGIN = 8
KEPT_ORIGINS = 256
_current = threading.local()
# As many as a worker can ask for at once, so that names whose servers are silent hold up no others.
_resolvers = ThreadPoolExecutor(max_workers=512, thread_name_prefix="resolver")


class AnswerTooLarge(Exception):
    """The answer goes on beyond `ANSWER_LIMIT`."""


@dataclass(slots=True)
class Call:
    """One request: until when it may last, how much it may still read, and how long its steps took (ms)."""

    deadline: float
    readable: int = ANSWER_LIMIT
    timings: dict[str, int] = field(default_factory=dict)
    has_connected: bool = False
    certificate_expires: str = ""

    def __enter__(self) -> Call:
        _current.call = self
        return self

    def __exit__(self, *error: object) -> None:
        del _current.call

    def time_left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this attempt is over")
        return left

    def note(self, step: str, since: float) -> None:
        self.timings[step] = round((time.monotonic() - since) * 1000)


def current_call() -> Call:
    return _current.call


class BoundedSocket(socket.socket):
    """A socket whose every read and write ends by the call's deadline, and whose reads end at its cap."""

    def recv_into(self, buffer: Buffer, nbytes: int = 0, flags: int = 0) -> int:
        call = current_call()
        if call.readable <= 0:
            raise AnswerTooLarge
        self.settimeout(call.time_left())
        count = super().recv_into(memoryview(buffer)[: call.readable], nbytes, flags)
        call.readable -= count
        return count

    def sendall(self, data: Buffer, flags: int = 0) -> None:
        self.settimeout(current_call().time_left())
        super().sendall(data, flags)


class BoundedTLSSocket(ssl.SSLSocket):
    """The same over TLS, where a large message goes out in several writes."""

    def recv_into(self, buffer: Buffer, nbytes: int | None = None, flags: int = 0) -> int:
        call = current_call()
        if call.readable <= 0:
            raise AnswerTooLarge
        self.settimeout(call.time_left())
        count = super().recv_into(memoryview(buffer)[: call.readable], nbytes, flags)
        call.readable -= count
        return count

    def send(self, data: Buffer, flags: int = 0) -> int:
        self.settimeout(current_call().time_left())
        return super().send(data, flags)


class Connections:
    """The kept-alive connections of this process, by origin. A closed or old one is never handed out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: OrderedDict[str, deque[tuple[float, socket.socket]]] = OrderedDict()

    def take(self, target: Target) -> socket.socket | None:
        with self._lock:
            kept = self._idle.get(str(target), deque())
            while kept:
                since, one = kept.pop()
                if time.monotonic() - since < IDLE_LIMIT and not _is_readable(one):
                    return one
                one.close()
        return None

    def keep(self, target: Target, one: socket.socket) -> None:
        with self._lock:
            kept = self._idle.setdefault(str(target), deque())
            self._idle.move_to_end(str(target))
            kept.append((time.monotonic(), one))
            if len(kept) > KEPT_PER_ORIGIN:
                kept.popleft()[1].close()
            if len(self._idle) > KEPT_ORIGINS:
                for _, old in self._idle.popitem(last=False)[1]:
                    old.close()


def _is_readable(one: socket.socket) -> bool:
    """Tell whether the other side closed an idle connection, or spoke unasked."""
    poll = select.poll()
    poll.register(one, select.POLLIN)
    return bool(poll.poll(0))


connections = Connections()


def exchange(one: socket.socket, request: bytes) -> HTTPResponse:
    """Send a whole request and read the head of the answer."""
    one.sendall(request)
    response = HTTPResponse(one, method="POST")
    response.begin()
    return response


def check_url(url: str) -> None:
    """Check a URL's form and every address of its name. A name that is not found passes: it may be set up later."""
    target = policy().check_url(url)
    with suppress(socket.gaierror):
        resolve(target, CONNECT_TIMEOUT)


def open_connection(target: Target) -> socket.socket:
    """Resolve the name, check every address, connect to the first that answers, and speak TLS where asked for."""
    call = current_call()
    call.has_connected = True
    began = time.monotonic()
    addresses = resolve(target, min(CONNECT_TIMEOUT, call.time_left()))
    call.note("dns", began)
    began = time.monotonic()
    plain = _connect(addresses, call)
    call.note("connect", began)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    plain.settimeout(call.time_left())
    if target.scheme == "http":
        return BoundedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
    began = time.monotonic()
    secure = tls_context().wrap_socket(plain, server_hostname=target.host)
    call.note("tls", began)
    call.certificate_expires = str((secure.getpeercert() or {}).get("notAfter", ""))
    return secure


def resolve(target: Target, timeout: float) -> tuple[Address, ...]:
    """Return the permitted addresses of the target, at least one."""

    def look_up(*args: Any) -> list[tuple[Any, ...]]:
        if target.is_literal_address:
            return socket.getaddrinfo(*args)
        try:
            return _resolvers.submit(socket.getaddrinfo, *args).result(timeout)
        except TimeoutError as error:
            raise socket.gaierror(socket.EAI_AGAIN, "the name server did not answer in time") from error

    return ssrfguard.resolve(target, policy=policy(), resolver=look_up)


def _connect(addresses: tuple[Address, ...], call: Call) -> socket.socket:
    for address in addresses[:-1]:
        try:
            return ssrfguard.connect([address], policy=policy(), timeout=min(CONNECT_TIMEOUT, call.time_left()))
        except OSError:
            continue
    return ssrfguard.connect(addresses[-1:], policy=policy(), timeout=min(CONNECT_TIMEOUT, call.time_left()))


@cache
def tls_context() -> ssl.SSLContext:
    """Return a context that trusts the machine's authorities, the list of certifi, and those of the settings."""
    context = ssl.create_default_context()
    for file in [certifi.where(), *settings.WEBHOOK_CA_FILES]:
        context.load_verify_locations(file)
    context.sslsocket_class = BoundedTLSSocket
    return context

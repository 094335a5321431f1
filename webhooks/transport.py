"""Connections to receivers: to checked addresses alone, and never for longer or more than a call may take.

A call is one request and its answer. Its `Call` travels in a thread-local, because urllib3 offers no way to hand
anything down to a connection: the connection looks up there how long it has and notes what its steps took.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import ssrfguard
from ssrfguard import Address, Target
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from webhooks.addresses import policy

CONNECT_TIMEOUT = 5.0  # seconds, for the name and for each address
ANSWER_LIMIT = 64 * 1024  # bytes, head and body
_current = threading.local()
_resolvers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="resolver")


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


class _Bounded:
    """A socket whose every read and write ends by the call's deadline, and whose reads end at its cap."""

    def recv_into(self, buffer: memoryview, *args: Any) -> int:
        call = current_call()
        if call.readable <= 0:
            raise AnswerTooLarge
        self.settimeout(call.time_left())
        count = super().recv_into(memoryview(buffer)[: call.readable], *args)
        call.readable -= count
        return count

    def send(self, *args: Any) -> int:
        self.settimeout(current_call().time_left())
        return super().send(*args)

    def sendall(self, *args: Any) -> None:
        self.settimeout(current_call().time_left())
        return super().sendall(*args)


class BoundedSocket(_Bounded, socket.socket):
    pass


class BoundedTLSSocket(_Bounded, ssl.SSLSocket):
    pass


def _open(connection: HTTPConnection, scheme: str) -> socket.socket:
    """Resolve the name, check every address, connect to the first that answers."""
    call = current_call()
    call.has_connected = True
    began = time.monotonic()
    host = f"[{connection.host}]" if ":" in connection.host else connection.host
    target = policy().check_url(f"{scheme}://{host}:{connection.port}/")
    addresses = _resolve(target, min(CONNECT_TIMEOUT, call.time_left()))
    call.note("dns", began)
    began = time.monotonic()
    opened = _connect(addresses, call)
    call.note("connect", began)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    bounded = BoundedSocket(opened.family, opened.type, opened.proto, fileno=opened.detach())
    bounded.settimeout(call.time_left())
    return bounded


def _resolve(target: Target, timeout: float) -> tuple[Address, ...]:
    """Return the permitted addresses of the target, at least one."""

    def look_up(*args: Any) -> Any:  # noqa: ANN401, as getaddrinfo
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


class CheckedHTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _open(self, "http")


class CheckedHTTPSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _open(self, "https")

    def connect(self) -> None:
        began = time.monotonic()
        super().connect()
        call = current_call()
        call.note("tls", began)
        call.timings["tls"] -= call.timings["dns"] + call.timings["connect"]
        call.certificate_expires = str((self.sock.getpeercert() or {}).get("notAfter", ""))


class CheckedHTTPPool(HTTPConnectionPool):
    ConnectionCls = CheckedHTTPConnection


class CheckedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = CheckedHTTPSConnection


POOL_CLASSES = {"http": CheckedHTTPPool, "https": CheckedHTTPSPool}


def tls_context(ca_files: list[str]) -> ssl.SSLContext:
    """Return a context that trusts the machine's authorities and those in `ca_files`."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for file in ca_files:
        context.load_verify_locations(file)
    context.sslsocket_class = BoundedTLSSocket
    return context


def check_url(url: str) -> None:
    """Check a URL as a delivery would, without connecting: its form, and every address of its name.

    Raises `BlockedURLError` or `BlockedAddressError`. A name that is not found passes: it may be set up later.
    """
    target = policy().check_url(url)
    try:
        _resolve(target, CONNECT_TIMEOUT)
    except socket.gaierror:
        return

"""Sending one request to a receiver. The only module that imports requests; it raises nothing."""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from itertools import islice
from urllib.parse import urlsplit

from requests import Request, RequestException
from requests.auth import HTTPBasicAuth
from requests.exceptions import InvalidHeader
from ssrfguard import SSRFGuardError, Target

from webhooks.addresses import policy
from webhooks.faults import Fault
from webhooks.transport import AnswerTooLarge, Call, connections, exchange, open_connection

TOTAL_TIMEOUT = 15.0  # seconds, for the whole attempt
EXCERPT_LENGTH = 8 * 1024  # bytes of the answer that are kept
HEADERS_KEPT = 50
RETRY_AFTER_STATUSES = {429, 502, 503, 504}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. Times in milliseconds; `retry_after` in seconds."""

    fault: Fault | None
    duration_ms: int
    timings: dict[str, int] = field(default_factory=dict)
    status_code: int | None = None
    head: str = ""
    excerpt: str = ""
    retry_after: int | None = None
    certificate_expires: str = ""

    @property
    def succeeded(self) -> bool:
        return self.fault is None

    @property
    def is_gone(self) -> bool:
        return self.status_code == 410


class Receiver:
    """The target of a webhook, prepared once for many requests.

    requests prepares what is the same in all of them: the URL with its international name, Basic, the headers. It
    sends nothing, so proxies, cookies, `.netrc` and redirects play no part.
    """

    def __init__(self, url: str, *, headers: Mapping[str, str], basic: tuple[str, str] | None = None) -> None:
        self._target: Target | None = None
        self._fault: Fault | None = None
        try:
            prepared = Request("POST", url, headers=headers, auth=basic and HTTPBasicAuth(*basic)).prepare()
            self._target = policy().check_url(str(prepared.url))
        except (SSRFGuardError, RequestException, UnicodeError) as error:
            self._fault = Fault.INTERNAL if isinstance(error, InvalidHeader) else Fault.ADDRESS
            return
        host = urlsplit(str(prepared.url)).netloc
        prepared.headers.pop("Content-Length", None)
        lines = [f"POST {prepared.path_url!s} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
        self._head = _lines(lines, prepared.headers)

    def post(self, *, headers: Mapping[str, str], body: bytes, anew: bool = False) -> Outcome:
        """Send one POST and return how it ended. `anew` leaves kept connections aside."""
        began = time.monotonic()
        if self._target is None:
            return Outcome(self._fault, duration_ms=0)
        request = self._head + _lines([], headers) + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        with Call(deadline=began + TOTAL_TIMEOUT) as call:
            try:
                return self._exchange(self._target, request, call, began, anew=anew)
            except Exception as error:  # noqa: BLE001, every end is an outcome
                return Outcome(_fault_of(error, call), _since(began), call.timings)

    def _exchange(self, target: Target, request: bytes, call: Call, began: float, *, anew: bool) -> Outcome:
        """Send on a kept connection; where the other side has just closed it, once more on a new one."""
        kept = None if anew else connections.take(target)
        if kept:
            try:
                return self._use(kept, target, request, call, began)
            except (BrokenPipeError, ConnectionResetError, RemoteDisconnected):
                logger.debug("A kept connection was closed by the other side.")
        return self._use(open_connection(target), target, request, call, began)

    def _use(self, used: socket.socket, target: Target, request: bytes, call: Call, began: float) -> Outcome:
        """Send and read over a connection, then keep it for the next request or close it."""
        is_whole = False
        try:
            response = exchange(used, request)
            waited = _since(began)
            text, is_whole = _read(response)
        finally:
            if is_whole and not response.will_close:
                connections.keep(target, used)
            else:
                used.close()
        call.timings["wait"] = max(waited - sum(call.timings.values()), 0)
        return Outcome(
            fault=_fault_of_status(response.status),
            duration_ms=_since(began),
            timings=call.timings,
            status_code=response.status,
            head=_kept_head(response),
            excerpt=text[:EXCERPT_LENGTH].decode("utf-8", "replace").replace("\x00", "\ufffd"),
            retry_after=_retry_after(response),
            certificate_expires=call.certificate_expires,
        )


def _lines(lines: list[str], headers: Mapping[str, str]) -> bytes:
    return "".join(f"{line}\r\n" for line in [*lines, *(f"{n}: {v}" for n, v in headers.items())]).encode("latin-1")


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _read(response: HTTPResponse) -> tuple[bytes, bool]:
    """Read what fits under the cap; return it, and whether it is all."""
    pieces = []
    try:
        while piece := response.read(EXCERPT_LENGTH):
            pieces.append(piece)
    except AnswerTooLarge:
        return b"".join(pieces), False
    return b"".join(pieces), True


def _kept_head(response: HTTPResponse) -> str:
    fields = islice(response.headers.items(), HEADERS_KEPT)
    return "\n".join(f"{name}: {value[:1000]}" for name, value in fields if name.lower() != "set-cookie")


def _retry_after(response: HTTPResponse) -> int | None:
    """Return the seconds of a `Retry-After` that counts. Its other form, a date, is rare and taken as absent."""
    text = response.headers.get("Retry-After", "")
    return int(text[:9]) if response.status in RETRY_AFTER_STATUSES and text.isascii() and text.isdigit() else None


def _fault_of_status(status: int) -> Fault | None:
    match status // 100:
        case 2:
            return None
        case 3:
            return Fault.REDIRECT
        case 4:
            return Fault.CLIENT
        case 5:
            return Fault.SERVER
    return Fault.STATUS


def _fault_of(error: Exception, call: Call) -> Fault:
    match error:
        case SSRFGuardError():
            return Fault.ADDRESS
        case socket.gaierror() | UnicodeError():
            return Fault.DNS
        case AnswerTooLarge():
            return Fault.TOO_LARGE
        case TimeoutError():
            return Fault.TIMEOUT
        case ssl.SSLError():
            return Fault.TLS
        case OSError() | HTTPException():
            return Fault.CONNECT if call.has_connected and "connect" not in call.timings else Fault.BROKEN
    logger.exception("A request could not be made.", exc_info=error)
    return Fault.INTERNAL

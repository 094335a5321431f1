"""Sending one request to a receiver. The only module that imports requests; it raises nothing."""

from __future__ import annotations

import logging
import socket
import ssl
import time
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from itertools import islice
from typing import Any

from django.conf import settings
from requests.adapters import HTTPAdapter
from requests.certs import where
from ssrfguard import SSRFGuardError
from urllib3 import HTTPResponse, Timeout
from urllib3.exceptions import HTTPError, ProtocolError
from urllib3.util import parse_url

from webhooks.faults import Fault
from webhooks.transport import CONNECT_TIMEOUT, POOL_CLASSES, AnswerTooLarge, Call, tls_context

TOTAL_TIMEOUT = 15.0  # seconds, for the whole attempt
EXCERPT_LENGTH = 8 * 1024  # bytes of the answer that are kept
HEADERS_KEPT = 50
POOLS = 256  # receivers whose connections are kept alive
CONNECTIONS_PER_POOL = 8
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


class Transport(HTTPAdapter):
    """requests' adapter over connections that are checked and bounded. Proxies of the environment play no part."""

    def __init__(self) -> None:
        super().__init__(pool_connections=POOLS, pool_maxsize=CONNECTIONS_PER_POOL)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        context = tls_context([where(), *settings.WEBHOOK_CA_FILES])
        super().init_poolmanager(connections, maxsize, block, ssl_context=context, **options)
        self.poolmanager.pool_classes_by_scheme = POOL_CLASSES


@cache
def transport() -> Transport:
    """Return the process's transport, which keeps the connections to receivers alive."""
    return Transport()


class Receiver:
    """The target of a webhook, parsed once for many requests."""

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._pool = transport().poolmanager.connection_from_host(
            self._url.host, port=self._url.port, scheme=self._url.scheme
        )

    def post(self, *, headers: dict[str, str], body: bytes) -> Outcome:
        """Send one POST and return how it ended."""
        began = time.monotonic()
        with Call(deadline=began + TOTAL_TIMEOUT) as call:
            try:
                return self._post_again_if_stale(call, headers, body, began)
            except Exception as error:  # noqa: BLE001, every end is an outcome
                return Outcome(_fault_of(error, call), _since(began), call.timings)

    def _post_again_if_stale(self, call: Call, headers: dict[str, str], body: bytes, began: float) -> Outcome:
        """Post; once more where a kept-alive connection turns out to be closed by the other side."""
        try:
            return self._post(call, headers, body, began)
        except ProtocolError as error:
            if call.has_connected or isinstance(_cause(error), TimeoutError | AnswerTooLarge):
                raise
            return self._post(call, headers, body, began)

    def _post(self, call: Call, headers: dict[str, str], body: bytes, began: float) -> Outcome:
        response = self._pool.urlopen(
            "POST",
            self._url.request_uri,
            body=body,
            headers=headers,
            redirect=False,
            retries=False,
            preload_content=False,
            timeout=Timeout(connect=CONNECT_TIMEOUT, read=TOTAL_TIMEOUT),
        )
        waited = _since(began)
        text = _read(response)
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


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _read(response: HTTPResponse) -> bytes:
    """Read what fits under the cap. A connection with an unread rest is not used again."""
    pieces = []
    try:
        while piece := response.read(EXCERPT_LENGTH, decode_content=False):
            pieces.append(piece)
    except AnswerTooLarge:
        response.close()
    response.release_conn()
    return b"".join(pieces)


def _kept_head(response: HTTPResponse) -> str:
    fields = islice(response.headers.iteritems(), HEADERS_KEPT)
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


def _cause(error: BaseException) -> BaseException:
    """Return what lies below urllib3's wrapping."""
    while isinstance(error, HTTPError):
        inner = error.__cause__ or error.__context__ or next((a for a in error.args if isinstance(a, Exception)), None)
        if inner is None:
            break
        error = inner
    return error


def _fault_of(error: Exception, call: Call) -> Fault:
    cause = _cause(error)
    if isinstance(cause, SSRFGuardError):
        return Fault.ADDRESS
    if isinstance(cause, socket.gaierror | UnicodeError):
        return Fault.DNS
    if isinstance(cause, AnswerTooLarge):
        return Fault.TOO_LARGE
    if isinstance(cause, TimeoutError):
        return Fault.TIMEOUT
    if isinstance(cause, ssl.SSLError):
        return Fault.TLS
    if not isinstance(cause, OSError | HTTPException | HTTPError):
        logger.exception("A request could not be made.", exc_info=error)
        return Fault.INTERNAL
    return Fault.CONNECT if call.has_connected and "connect" not in call.timings else Fault.BROKEN

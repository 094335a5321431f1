"""Sending one request to a receiver. The only module that imports requests; it raises nothing."""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse, LineTooLong, RemoteDisconnected
from itertools import islice
from urllib.parse import urlsplit

from requests import PreparedRequest, Request, RequestException
from requests.auth import HTTPBasicAuth
from ssrfguard import SSRFGuardError, Target

from webhooks.http import connections as http_connections
from webhooks.http.connections import AnswerTooLarge, Call, connections, exchange, open_connection
from webhooks.http.masking import Mask
from webhooks.http.outcome import DeliveryError, Outcome
from webhooks.http.ssrf import BlockedURLError, policy

TOTAL_TIMEOUT = 15.0  # seconds, for the whole attempt
EXCERPT_LENGTH = 8 * 1024  # bytes of the answer that are kept
HEADERS_KEPT, VALUE_KEPT = 50, 1000  # characters
RETRY_AFTER_STATUSES = {429, 502, 503, 504}
logger = logging.getLogger(__name__)


class Receiver:
    """The target of a webhook, prepared once for many requests.

    requests prepares what is the same in all of them: the URL with its international name, Basic, the headers. It
    sends nothing, so proxies, cookies, `.netrc` and redirects play no part. `hidden` is what no outcome may hold.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        basic: tuple[str, str] | None = None,
        hidden: Collection[str] = (),
    ) -> None:
        self._target: Target | None = None
        self._error = DeliveryError.ADDRESS
        self._mask = Mask(hidden)
        try:
            self._target = policy().check_url(str(_prepared(url).url))
            prepared = _prepared(url, headers, basic)
            host = urlsplit(str(prepared.url)).netloc
            lines = [f"POST {prepared.path_url!s} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
            self._head = _lines(lines, prepared.headers)
        except (SSRFGuardError, RequestException, UnicodeError):
            self._error = DeliveryError.INTERNAL if self._target else DeliveryError.ADDRESS
            self._target = None

    def post(self, *, headers: Mapping[str, str], body: bytes, anew: bool = False) -> Outcome:
        """Send one POST and return how it ended. `anew` leaves kept connections aside."""
        began = time.monotonic()
        if self._target is None:
            return Outcome(self._error, duration_ms=0)  # nothing is sent
        request = self._head + _lines([], headers) + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        with Call(deadline=began + TOTAL_TIMEOUT) as call:
            try:
                return self._exchange(self._target, request, call, began, anew=anew)
            except Exception as error:  # noqa: BLE001, every end is an outcome
                return Outcome(_error_of(error, call), _since(began), call.timings)

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
            error=_error_of_status(response.status),
            duration_ms=_since(began),
            timings=call.timings,
            status_code=response.status,
            response_head=self._kept_head(response),
            response_excerpt=self._kept(text.decode("utf-8", "replace"), EXCERPT_LENGTH),
            retry_after=_retry_after(response),
            certificate_expires=call.certificate_expires,
        )

    def _kept_head(self, response: HTTPResponse) -> str:
        fields = islice(response.headers.items(), HEADERS_KEPT)
        lines = [f"{name}: {self._kept(value, VALUE_KEPT)}" for name, value in fields if name.lower() != "set-cookie"]
        return self._kept("\n".join(lines), http_connections.ANSWER_LIMIT)

    def _kept(self, text: str, length: int) -> str:
        """Return what is kept of a text: masked before it is cut, so that no half of a secret is left at the end."""
        masked = self._mask(text).replace("\x00", "\ufffd")  # which PostgreSQL does not take
        return masked.encode()[:length].decode("utf-8", "ignore")


def check_url(url: str) -> None:
    """Check a URL as a delivery would, without connecting: its form, as typed and as sent, and its addresses.

    Raises `BlockedURLError` or `BlockedAddressError`.
    """
    if "#" in url:
        raise BlockedURLError(url, "a fragment is never sent")
    policy().check_url(url)
    try:
        prepared = _prepared(url)
    except (RequestException, UnicodeError) as error:
        raise BlockedURLError(url, "it cannot be sent") from error
    http_connections.check_url(str(prepared.url))


def _prepared(
    url: str, headers: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
) -> PreparedRequest:
    auth = HTTPBasicAuth(*(part.encode() for part in basic)) if basic else None  # in UTF-8, RFC 7617
    prepared = Request("POST", url, headers=headers, auth=auth).prepare()
    prepared.headers.pop("Content-Length", None)
    return prepared


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


def _retry_after(response: HTTPResponse) -> int | None:
    """Return the seconds of a `Retry-After` that counts, which is a number or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if response.status not in RETRY_AFTER_STATUSES or not text.isascii():
        return None
    if text.isdigit():
        return int(text[:9])
    try:
        until = parsedate_to_datetime(text)
        return max(round((until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()), 0)
    except (ValueError, OverflowError):
        return None


def _error_of_status(status: int) -> DeliveryError | None:
    match status // 100:
        case 2:
            return None
        case 3:
            return DeliveryError.REDIRECT
        case 4:
            return DeliveryError.CLIENT
        case 5:
            return DeliveryError.SERVER
    return DeliveryError.STATUS


def _error_of(error: Exception, call: Call) -> DeliveryError:
    match error:
        case SSRFGuardError():
            return DeliveryError.ADDRESS
        case socket.gaierror() | UnicodeError():
            return DeliveryError.DNS
        case AnswerTooLarge() | LineTooLong():
            return DeliveryError.TOO_LARGE
        case OSError() if call.has_connected and "connect" not in call.timings:
            return DeliveryError.CONNECT
        case TimeoutError():
            return DeliveryError.TIMEOUT
        case ssl.SSLError():
            return DeliveryError.TLS
        case HTTPException() if type(error) is HTTPException:  # which http.client raises for too many headers
            return DeliveryError.TOO_LARGE
        case OSError() | HTTPException():
            return DeliveryError.BROKEN
    logger.exception("A request could not be made.", exc_info=error)
    return DeliveryError.INTERNAL

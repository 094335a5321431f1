"""One request and its answer with libcurl: what it may connect to, how far it came, and how it ended."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import pycurl
from django.utils import timezone

from webhooks.http import authorities, ssrf
from webhooks.http.answers import Answer, answer_of
from webhooks.http.connections import Ended
from webhooks.http.curl_errors import Progress, error_of
from webhooks.http.masking import Mask
from webhooks.http.outcome import DeliveryError, Outcome
from webhooks.http.request import Message, Receiver

TOTAL_TIMEOUT = 15.0  # seconds, for the whole attempt
CONNECT_TIMEOUT = 5.0  # seconds, until a connection is ready, TLS included
NAMES_KEPT, CONNECTIONS_KEPT = 10, 50  # seconds: together how long a change of an address may go unseen
UNSEEN = {DeliveryError.DNS, DeliveryError.ADDRESS}  # how long these took would tell which of the two it was
HOSTS: list[str] = []  # addresses of names, in the form of CURLOPT_RESOLVE, where tests need some


class Exchange:
    """A request and its answer, on an easy handle that serves one request after another."""

    def __init__(self, receiver: Receiver) -> None:
        parts = urlsplit(receiver.url)
        self._is_tls = parts.scheme == "https"
        self._is_name = not ssrf.is_address(parts.hostname or "")
        self.handle = pycurl.Curl()
        for option, value in _options(receiver.url).items():
            self.handle.setopt(option, value)
        self.handle.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        self.handle.setopt(pycurl.PREREQFUNCTION, self._before_request)
        if self._is_tls:
            self._prepare_tls()

    def begin(self, message: Message) -> None:
        self.message, self.started_at = message, timezone.now()
        self.progress, self.answer = Progress(self._is_name), Answer()
        self.handle.setopt(pycurl.HEADERFUNCTION, self.answer.take_header)
        self.handle.setopt(pycurl.WRITEFUNCTION, self.answer.take_body)
        self.handle.setopt(pycurl.HTTPHEADER, message.lines)
        self.handle.setopt(pycurl.POSTFIELDS, message.body)

    def _prepare_tls(self) -> None:
        self.handle.setopt(pycurl.CAINFO, authorities.bundle())
        self.handle.setopt(pycurl.OPT_CERTINFO, 1)
        self.handle.setopt(pycurl.VERBOSE, 1)  # of the handshake, libcurl tells some things in no other way
        self.handle.setopt(pycurl.DEBUGFUNCTION, self._overhear)

    def _open_socket(self, purpose: int, address: tuple[int, int, int, tuple[str, int]]) -> socket.socket | int:
        """Open a socket, unless the address that libcurl is about to connect to is refused: then it tries the next."""
        family, kind, protocol, (host, *_) = address
        if not ssrf.is_allowed(host):
            self.progress.refused += 1
            return pycurl.SOCKET_BAD
        self.progress.tried += 1
        return socket.socket(family, kind, protocol)

    def _overhear(self, kind: int, text: bytes) -> None:
        if kind == pycurl.INFOTYPE_TEXT:
            self.progress.common_name_matched |= text.lstrip().startswith(b"common name:") and b"(matched)" in text
            self.progress.client_certificate_wanted |= b"Request CERT (13)" in text

    def _before_request(self, peer: str, *rest: object) -> int:
        """Run when a connection is ready: certificates without a host name end here, before anything is sent."""
        if self.progress.common_name_matched:
            return pycurl.PREREQFUNC_ABORT
        self.progress.peer = peer
        self.progress.sent += 1
        return pycurl.PREREQFUNC_OK

    def outcome(self, ended: Ended, mask: Mask) -> Outcome:
        """Return how the request ended. A final status counts, whatever became of the body."""
        info, progress, answer = self.handle.getinfo, self.progress, self.answer
        is_new = bool(info(pycurl.NUM_CONNECTS))
        answer.code, answer.http_version = ended.code, info(pycurl.INFO_HTTP_VERSION)
        steps = self._steps(is_new)
        if answer.head_is_whole:
            error = answer.error
        elif answer.is_too_large:
            error = DeliveryError.TOO_LARGE
        else:
            error = error_of(ended, info(pycurl.SSL_VERIFYRESULT), progress, "connect" in steps)
        return Outcome(
            error=error,
            duration_ms=round(info(pycurl.TOTAL_TIME) * 1000),
            timings={} if error in UNSEEN else steps,
            started_at=self.started_at,
            request_head=self.message.shown_head,
            peer_address=_public(progress.peer),
            was_repeated=progress.sent > 1,
            certificate_days=self._certificate_days() if is_new and self._is_tls else None,
            **(answer_of(answer, mask) if answer.head_is_whole else {}),
        )

    def _steps(self, is_new: bool) -> dict[str, int]:
        """Return the milliseconds of each step that took place; on a kept connection, only the wait did."""
        info = self.handle.getinfo
        marks = {"dns": info(pycurl.NAMELOOKUP_TIME), "connect": info(pycurl.CONNECT_TIME)} if is_new else {}
        if is_new and self._is_tls:
            marks["tls"] = info(pycurl.APPCONNECT_TIME)
        before, steps = 0.0, dict[str, int]()
        for step, mark in marks.items():
            if not mark:
                break
            steps[step], before = round((mark - before) * 1000), mark
        if self.answer.head_is_whole:
            steps["wait"] = max(round((info(pycurl.STARTTRANSFER_TIME) - info(pycurl.PRETRANSFER_TIME)) * 1000), 0)
        return steps

    def _certificate_days(self) -> int | None:
        """Return the whole days until the receiver's certificate expires."""
        chain = self.handle.getinfo(pycurl.INFO_CERTINFO)
        ends = dict(chain[0]).get("Expire date") if chain else None
        if ends is None:
            return None
        return (datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) - self.started_at).days


def _options(url: str) -> dict[int, Any]:
    """Return what is the same for every request to a receiver."""
    options = {
        pycurl.URL: url.encode(),
        pycurl.NOSIGNAL: 1,
        pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
        pycurl.FOLLOWLOCATION: 0,
        pycurl.PROXY: "",  # and none from the environment
        pycurl.PATH_AS_IS: 1,
        pycurl.TIMEOUT_MS: round(TOTAL_TIMEOUT * 1000),
        pycurl.CONNECTTIMEOUT_MS: round(CONNECT_TIMEOUT * 1000),
        pycurl.DNS_CACHE_TIMEOUT: NAMES_KEPT,
        pycurl.MAXLIFETIME_CONN: CONNECTIONS_KEPT,
        pycurl.MAXAGE_CONN: CONNECTIONS_KEPT,
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_2TLS,
        pycurl.PIPEWAIT: int(url.startswith("https:")),  # a receiver that speaks HTTP/2 needs one connection
        pycurl.SSLVERSION: pycurl.SSLVERSION_TLSv1_2,
    }
    return options | ({pycurl.RESOLVE: HOSTS} if HOSTS else {})


@lru_cache(1024)
def _public(address: str) -> str | None:
    return address if address and ssrf.is_public(ipaddress.ip_address(address)) else None

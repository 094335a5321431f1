"""What is kept of an answer: masked first, then cut."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pycurl

from webhooks.http.masking import Mask
from webhooks.http.outcome import BodyEnd, DeliveryError

ANSWER_LIMIT = 64 * 1024  # bytes that are read, head and body
EXCERPT_LENGTH = 8 * 1024  # bytes of the body that are kept
HEADERS_KEPT, VALUE_KEPT = 50, 1000  # characters
RETRY_AFTER_STATUSES = {429, 502, 503, 504}
VERSIONS = {pycurl.CURL_HTTP_VERSION_1_0: "1.0", pycurl.CURL_HTTP_VERSION_1_1: "1.1", pycurl.CURL_HTTP_VERSION_2: "2"}


@dataclass(slots=True)
class Answer:
    """An answer as it comes in. `code` is libcurl's once it is over; `is_too_large` at `ANSWER_LIMIT`."""

    status: int = 0
    head_is_whole: bool = False
    fields: list[bytes] = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)
    is_too_large: bool = False
    code: int = 0
    http_version: int = 0
    _room: int = ANSWER_LIMIT

    def take_header(self, line: bytes) -> int | None:
        """Take a line of a head; -1 ends the transfer. Of interim answers (1xx) and trailers nothing is kept."""
        self._room -= len(line)
        if self._room < 0:
            self.is_too_large = True
            return -1
        if self.head_is_whole:
            return None
        if line.startswith(b"HTTP/"):
            self.fields, self.status = [], _status_of(line)
        elif line.strip():
            self.fields.append(line)
        else:
            self.head_is_whole = self.status >= 200 or self.status == 101
        return None

    def take_body(self, data: bytes) -> int | None:
        self.body.append(data[: self._room])
        self._room -= len(data)
        if self._room < 0:
            self.is_too_large = True
            return -1
        return None

    @property
    def error(self) -> DeliveryError | None:
        """Return what the status says."""
        return STATUSES.get(self.status // 100, None if self.status // 100 == 2 else DeliveryError.STATUS)


STATUSES = {3: DeliveryError.REDIRECT, 4: DeliveryError.CLIENT, 5: DeliveryError.SERVER}


def answer_of(answer: Answer, mask: Mask) -> dict[str, Any]:
    """Return what is kept of an answer: masked, then cut."""
    fields = [_field(line) for line in answer.fields]
    body = b"".join(answer.body).decode("utf-8", "replace")
    return {
        "status_code": answer.status,
        "http_version": VERSIONS.get(answer.http_version, ""),
        "response_head": _kept_head(fields, mask),
        "response_excerpt": _clean(mask(body, EXCERPT_LENGTH, is_whole=not answer.code)),
        "body_end": _body_end(answer),
        "retry_after": _retry_after(answer.status, fields),
    }


def _body_end(answer: Answer) -> BodyEnd:
    if answer.is_too_large:
        return BodyEnd.LIMIT
    if answer.code:
        return BodyEnd.TIMED_OUT if answer.code == pycurl.E_OPERATION_TIMEDOUT else BodyEnd.BROKEN_OFF
    return BodyEnd.SHORTENED if sum(map(len, answer.body)) > EXCERPT_LENGTH else BodyEnd.WHOLE


def _kept_head(fields: list[tuple[str, str]], mask: Mask) -> str:
    shown = [(name, value) for name, value in fields if name.lower() != "set-cookie"]
    lines = [_kept_field(f"{name}: {value}", len(name) + 2 + VALUE_KEPT, mask) for name, value in shown]
    more = len(lines) - HEADERS_KEPT
    return "\n".join(lines[:HEADERS_KEPT] + ([f"… (+{more})"] if more > 0 else []))


def _kept_field(line: str, length: int, mask: Mask) -> str:
    kept = _clean(mask(line, length))
    return f"{kept}…" if len(line) > length else kept


def _field(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("latin-1").partition(":")
    return name.strip(), value.strip()


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd")  # which PostgreSQL does not take


def _retry_after(status: int, fields: list[tuple[str, str]]) -> int | None:
    """Return the seconds of a `Retry-After` that counts, which is a number or a date."""
    text = next((value for name, value in fields if name.lower() == "retry-after"), "")
    if status not in RETRY_AFTER_STATUSES or not text.isascii():
        return None
    if text.isdigit():
        return int(text[:9])
    try:
        until = parsedate_to_datetime(text)
        return max(round((until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()), 0)
    except (ValueError, OverflowError):
        return None


def _status_of(line: bytes) -> int:
    parts = line.split(None, 2)
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0

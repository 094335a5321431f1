"""What one webhook sends: the prepared URL and headers, the signature, and the head as it may be shown.

The only module that imports requests, which prepares the URL with its international name, Basic and the headers. It
sends nothing, so proxies, cookies, `.netrc` and redirects play no part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from requests import PreparedRequest, Request, RequestException
from requests.auth import HTTPBasicAuth

from webhooks.http import ssrf
from webhooks.http.masking import MASK, Mask
from webhooks.http.outcome import DeliveryError
from webhooks.http.signing import signature_headers

FIXED_HEADERS = {"Content-Type": "application/json", "User-Agent": "PlanRadar-Webhooks/1"}
BACKFILL_HEADERS = {"webhook-backfill": "true"}  # marks what happened before the webhook asked for it
NOT_SENT = ["Accept:", "Expect:"]  # which libcurl would add
SENT = {"Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Message:
    """One request: its header lines for libcurl, its body, and its head as it may be shown."""

    lines: list[bytes]
    body: bytes
    shown_head: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """How we authenticate to a receiver: with HTTP Basic, or with what follows in the field `Authorization`."""

    basic: tuple[str, str] | None = None
    bearer: str | None = None

    @property
    def shown(self) -> dict[str, str]:
        scheme = "Basic" if self.basic else "Bearer" if self.bearer else ""
        return {"Authorization": f"{scheme} {MASK}"} if scheme else {}


class Receiver:
    """The target of a webhook, prepared once for many requests. `error` says why nothing can be sent to it.

    `hidden` names the headers whose values no outcome and no shown head may hold.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        hidden: Collection[str] = (),
        credentials: Credentials = Credentials(),
        secrets: Collection[str] = (),
    ) -> None:
        self.error: DeliveryError | None = None
        self.url = ""
        self.mask = Mask([*(headers[name] for name in hidden), *_secrets_of(credentials)])
        self._secrets = secrets
        shown = {name: MASK if name in hidden else value for name, value in headers.items()}
        self._shown_head = _head(FIXED_HEADERS | credentials.shown | shown)
        self._lines = list[bytes]()
        try:
            self.url = _checked(url)
        except (ssrf.BlockedURLError, RequestException, UnicodeError):
            self.error = DeliveryError.ADDRESS
            return
        try:
            prepared = _prepared(url, SENT | FIXED_HEADERS | dict(headers), credentials)
            self._lines = [line.encode("latin-1") for line in _lines(prepared.headers)]
        except (RequestException, UnicodeError):
            self.error = DeliveryError.INTERNAL

    def message(self, event_uid: str, body: bytes, now: datetime, *, is_backfill: bool = False) -> Message:
        """Sign an event and return what is sent for it."""
        signed = signature_headers(self._secrets, message_id=event_uid, timestamp=int(now.timestamp()), body=body)
        if is_backfill:
            signed |= BACKFILL_HEADERS
        lines = [f"{name}: {value}".encode() for name, value in signed.items()]
        return Message(self._lines + lines, body, self._shown_head + _head(signed))


def check_url(url: str) -> None:
    """Check a URL as a delivery would: its form, as typed and as sent.

    Raises `BlockedURLError` or `BlockedAddressError`.
    """
    try:
        _checked(url)
    except (RequestException, UnicodeError) as error:
        raise ssrf.BlockedURLError(
            _("Enter a complete URL with a host, such as https://erp.example.com/hooks.")
        ) from error


def _checked(url: str) -> str:
    ssrf.check_url(url)
    prepared = str(_prepared(url).url)
    ssrf.check_url(prepared)
    return prepared


def _prepared(
    url: str, headers: Mapping[str, str] | None = None, credentials: Credentials | None = None
) -> PreparedRequest:
    basic = credentials.basic if credentials else None
    auth = HTTPBasicAuth(*(part.encode() for part in basic)) if basic else None  # in UTF-8, RFC 7617
    prepared = Request("POST", url, headers=headers, auth=auth).prepare()
    prepared.headers.pop("Content-Length", None)
    if credentials and credentials.bearer:
        prepared.headers["Authorization"] = f"Bearer {credentials.bearer}"
    return prepared


def _secrets_of(credentials: Credentials) -> list[str]:
    if credentials.basic:
        return [credentials.basic[1], ":".join(credentials.basic)]
    return [credentials.bearer or ""]


def _lines(headers: Mapping[str, str]) -> list[str]:
    """Return the lines in libcurl's form, where a field without a value ends in a semicolon."""
    own = [f"{name}: {value}" if value else f"{name};" for name, value in headers.items()]
    return own + [line for line in NOT_SENT if line[:-1] not in headers]


def _head(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in headers.items())

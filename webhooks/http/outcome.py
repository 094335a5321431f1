"""How an attempt ended, why attempts fail, and what to do about it. A leaf: models import it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeliveryError(models.TextChoices):
    DNS = "dns", _("name not found or not public")
    DNS_TIMEOUT = "dns timeout", _("name server timed out")
    ADDRESS = "refused address", _("address refused")
    CONNECT = "connect", _("no connection")
    TLS = "tls", _("TLS failed")
    TLS_EXPIRED = "tls expired", _("certificate expired")
    TLS_NAME = "tls wrong name", _("certificate for another name")
    TLS_NO_NAME = "tls no name", _("certificate without a host name")
    TLS_ISSUER = "tls unknown issuer", _("certificate not trusted")
    TLS_VERSION = "tls old version", _("TLS version too old")
    TLS_CLIENT = "tls client cert", _("client certificate required")
    TIMEOUT = "timeout", _("timed out")
    BROKEN = "broken", _("connection broke off")
    TOO_LARGE = "too large", _("answer too large")
    REDIRECT = "redirect", _("redirect")
    CLIENT = "http 4xx", _("refused by the receiver")
    SERVER = "http 5xx", _("failed at the receiver")
    STATUS = "http status", _("unexpected HTTP status")
    INTERNAL = "internal", _("could not be sent")


class BodyEnd(models.TextChoices):
    """What became of the body of an answer. The status counts whatever it was."""

    WHOLE = "", _("whole")
    SHORTENED = "shortened", _("only the first 8 KiB are kept")
    LIMIT = "limit", _("it goes on beyond 64 KiB and was not read further")
    TIMED_OUT = "timed out", _("it did not end within 15 seconds")
    BROKEN_OFF = "broken off", _("the connection ended before it did")


HINTS = {
    DeliveryError.DNS: _(
        "The host name was not found in the public DNS, or does not lead to a public address. Check its spelling and "
        "its DNS records. Private addresses can only be allowed by the operator of this installation."
    ),
    DeliveryError.DNS_TIMEOUT: _(
        "The name servers of this host did not answer in time. Check that they are reachable. We try again."
    ),
    DeliveryError.ADDRESS: _(
        "This address is not public, so nothing was sent. Use a public address, or ask the operator of this "
        "installation to allow the network."
    ),
    DeliveryError.CONNECT: _(
        "Nothing answered at this address and port. Check that the receiver runs and its firewall lets us in."
    ),
    DeliveryError.TLS: _("The receiver did not complete the TLS handshake. Check that it speaks HTTPS on this port."),
    DeliveryError.TLS_EXPIRED: _("The certificate has expired or is not valid yet. Renew it."),
    DeliveryError.TLS_NAME: _("The certificate is for another host name. Install one for the host in the URL."),
    DeliveryError.TLS_NO_NAME: _(
        "The certificate names no host (subjectAltName), only a common name, which no longer counts. Have it reissued."
    ),
    DeliveryError.TLS_ISSUER: _(
        "The certificate is not from an authority that we trust, or the chain is incomplete. Install the intermediate "
        "certificates, or use a public authority."
    ),
    DeliveryError.TLS_VERSION: _("The receiver offers only old versions of TLS. Enable TLS 1.2 or 1.3."),
    DeliveryError.TLS_CLIENT: _(
        "The receiver requires a client certificate, which we do not send. Use a signature, HTTP Basic or a header."
    ),
    DeliveryError.TIMEOUT: _(
        "The receiver did not answer completely within 15 seconds. Let it answer first and do the work afterwards."
    ),
    DeliveryError.BROKEN: _(
        "The receiver closed the connection before it answered, or did not answer in HTTP. Its log may tell why."
    ),
    DeliveryError.TOO_LARGE: _("The head of the answer is larger than 64 KiB. A short answer is enough."),
    DeliveryError.REDIRECT: _(
        "Redirects are not followed. If the address in Location is right, put it into the webhook."
    ),
    DeliveryError.CLIENT: _("The receiver refused the event. Check the path, the authentication and the headers."),
    DeliveryError.SERVER: _("The receiver failed while it handled the event. Its log may tell why."),
    DeliveryError.STATUS: _("Only statuses from 200 to 299 count as delivered."),
    DeliveryError.INTERNAL: _(
        "This is a fault of ours; the log of the worker tells more. The event is kept and tried again."
    ),
}
STATUS_HINTS = {
    304: _("304 (Not Modified) is an answer to a read. Answer a POST with a status from 200 to 299."),
    410: _("410 (Gone) tells us to stop, so the webhook was disabled. Enable it once the receiver wants events again."),
    429: _("The receiver takes fewer events than there are. We slow down; to set a limit yourself, edit the webhook."),
}


def hint_for(error: str, status_code: int | None) -> str:
    """Say what to do about an error; empty where there is none."""
    if not error:
        return ""
    return str(STATUS_HINTS.get(status_code or 0) or HINTS[DeliveryError(error)])


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: from the HTTP client to the row of the attempt.

    Times in milliseconds; `retry_after` in seconds; `certificate_days` until it expires. `peer_address` is None where
    it is not public. `was_repeated`: a kept connection died, and the request went out again on a fresh one. `number`
    counts the attempts of a delivery, and `is_repeat` tells that the delivery failed before in the present incident.
    Nothing in it holds a secret.
    """

    error: DeliveryError | None
    duration_ms: int
    timings: dict[str, int] = field(default_factory=dict)
    status_code: int | None = None
    response_head: str = ""
    response_excerpt: str = ""
    retry_after: int | None = None
    http_version: str = ""
    peer_address: str | None = None
    certificate_days: int | None = None
    body_end: BodyEnd = BodyEnd.WHOLE
    was_repeated: bool = False
    started_at: datetime = field(default_factory=timezone.now)
    request_head: str = ""
    number: int = 1
    is_repeat: bool = False
    is_by_hand: bool = False

    @property
    def succeeded(self) -> bool:
        return self.error is None

    @property
    def is_gone(self) -> bool:
        return self.status_code == 410

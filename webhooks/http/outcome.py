"""How an attempt ended, why attempts fail, and what to do about it. A leaf: models import it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeliveryError(models.TextChoices):
    DNS = "dns", _("name not found")
    ADDRESS = "refused address", _("address refused")
    CONNECT = "connect", _("no connection")
    TLS = "tls", _("TLS failed")
    TIMEOUT = "timeout", _("timed out")
    BROKEN = "broken", _("connection broke off")
    TOO_LARGE = "too large", _("answer too large")
    REDIRECT = "redirect", _("redirect")
    CLIENT = "http 4xx", _("refused by the receiver")
    SERVER = "http 5xx", _("failed at the receiver")
    STATUS = "http status", _("unexpected HTTP status")
    INTERNAL = "internal", _("could not be sent")


HINTS = {
    DeliveryError.DNS: _("The name in the URL was not found. Check its spelling, and that it is published in the DNS."),
    DeliveryError.ADDRESS: _(
        "The name leads to an address that is not public, so nothing was sent. Use a public address, or ask the "
        "operator of this installation to allow the network."
    ),
    DeliveryError.CONNECT: _(
        "Nothing answered at this address and port. Check that the receiver runs and its firewall lets us in."
    ),
    DeliveryError.TLS: _(
        "No secure connection came about. Check that the certificate is valid, complete and made for this name."
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: from the HTTP client to the row of the attempt.

    Times in milliseconds; `retry_after` in seconds. `number` counts the attempts of a delivery, and `is_repeat` tells
    that the delivery failed before in the present incident; `is_by_hand`, that a person asked for this attempt. Nothing
    in it holds a secret.
    """

    error: DeliveryError | None
    duration_ms: int
    timings: dict[str, int] = field(default_factory=dict)
    status_code: int | None = None
    response_head: str = ""
    response_excerpt: str = ""
    retry_after: int | None = None
    certificate_expires: str = ""
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

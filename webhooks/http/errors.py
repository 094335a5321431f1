"""Why attempts fail, and what a person can do about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Fault(models.TextChoices):
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


ADVICE = {
    Fault.DNS: _("The name in the URL was not found. Check its spelling, and that it is published in the DNS."),
    Fault.ADDRESS: _(
        "The name leads to an address that is not public, so nothing was sent. Use a public address, or ask the "
        "operator of this installation to allow the network."
    ),
    Fault.CONNECT: _(
        "Nothing answered at this address and port. Check that the receiver runs and its firewall lets us in."
    ),
    Fault.TLS: _(
        "No secure connection came about. Check that the certificate is valid, complete and made for this name."
    ),
    Fault.TIMEOUT: _(
        "The receiver did not answer completely within 15 seconds. Let it answer first and do the work afterwards."
    ),
    Fault.BROKEN: _(
        "The receiver closed the connection before it answered, or did not answer in HTTP. Its log may tell why."
    ),
    Fault.TOO_LARGE: _("The head of the answer is larger than 64 KiB. A short answer is enough."),
    Fault.REDIRECT: _("Redirects are not followed. If the address in Location is right, put it into the webhook."),
    Fault.CLIENT: _("The receiver refused the event. Check the path, the authentication and the headers."),
    Fault.SERVER: _("The receiver failed while it handled the event. Its log may tell why."),
    Fault.STATUS: _("Only statuses from 200 to 299 count as delivered."),
    Fault.INTERNAL: _("This is a fault of ours; the log of the worker tells more. The event is kept and tried again."),
}

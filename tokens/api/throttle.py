"""What is done without a token, limited by address: failed keys and reports of leaked tokens."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage

from tokens.api.problems import ProblemError
from tokens.networks import address_of

FAILED_KEYS = "30/m"


def count(request: HttpRequest, *, group: str, rate: str) -> None:
    """Count one act of an address; raise `ProblemError` 429 where it had too many."""
    usage = get_usage(request, group=group, key=_address, rate=rate, increment=True)
    if usage and usage["should_limit"]:
        wait = max(usage["time_left"], 1)
        raise ProblemError(
            429,
            _("Too many requests like this came from your address. Try again later."),
            headers={"Retry-After": str(wait)},
        )


def count_failed_key(request: HttpRequest) -> None:
    """Count an unknown key. Good keys of the same address keep working: many may share it."""
    count(request, group="tokens.failed_keys", rate=FAILED_KEYS)


def _address(group: str, request: HttpRequest) -> str:
    """Name the address; of IPv6 the network of 64 bits, all of whose addresses its holder may use at will."""
    address = address_of(request) or "unknown"
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if ":" in address else address

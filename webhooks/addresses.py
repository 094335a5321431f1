"""Which addresses a webhook may reach: public ones, and the networks that the operator lists."""

from __future__ import annotations

import ipaddress
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ssrfguard import BlockedAddressError, BlockedURLError, Policy

ALL_PORTS = frozenset(range(1, 65536))


@cache
def policy() -> Policy:
    """Return the policy that the form, the test event and every delivery share."""
    networks = tuple(ipaddress.ip_network(network) for network in settings.WEBHOOK_ALLOWED_NETWORKS)
    return Policy(allowed_networks=networks, allowed_ports=ALL_PORTS, on_partial_block="drop", max_url_length=2000)


NOT_PUBLIC = _(
    "This address is not public, so nothing is sent to it. Use a public address, or ask the operator of this "
    "installation to allow the network."
)


def explain(url: str) -> str | Promise:
    """Say what to do about a URL that the policy refuses for its form."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return _("The host or the port of this URL is not valid. A port is a number from 1 to 65535.")
    if parts.scheme.lower() not in {"http", "https"}:
        return _("Enter a URL that begins with https:// or http://.")
    if "@" in parts.netloc:
        return _("Leave user name and password out of the URL: they go into the section Authentication.")
    if _is_address(host):
        return NOT_PUBLIC
    return _("Enter a complete URL with a host, such as https://erp.example.com/hooks.")


def _is_address(host: str | None) -> bool:
    try:
        ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return True


__all__ = ["BlockedAddressError", "BlockedURLError", "policy"]

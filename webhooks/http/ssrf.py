"""Which addresses a webhook may reach: public ones, and the networks that the operator lists."""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ssrfguard import BlockedAddressError, BlockedURLError, Policy

ALL_PORTS = frozenset(range(1, 65536))
NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")  # as the last part of a host: an address in a notation of old


@cache
def policy() -> Policy:
    """Return the policy that the form, the test event and every delivery share."""
    networks = tuple(ipaddress.ip_network(network) for network in settings.WEBHOOK_ALLOWED_NETWORKS)
    return Policy(allowed_networks=networks, allowed_ports=ALL_PORTS, on_partial_block="drop", max_url_length=2000)


NOT_PUBLIC = _(
    "This address is not public, so nothing is sent to it. Use a public address, or ask the operator of this "
    "installation to allow the network."
)
WRONG_PORT = _("The host or the port of this URL is not valid. A port is a number from 1 to 65535.")


def explain(url: str) -> str | Promise:
    """Say what to do about a URL that the policy refuses for its form."""
    if any(character.isspace() or not character.isprintable() for character in url):
        return _("A URL holds no spaces and no control characters.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return WRONG_PORT
    if parts.scheme.lower() not in {"http", "https"}:
        return _("Enter a URL that begins with https:// or http://.")
    if "@" in parts.netloc:
        return _("Leave user name and password out of the URL: they go into the section Authentication.")
    if port == 0:
        return WRONG_PORT
    if _is_address(host):
        return NOT_PUBLIC
    if NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return _("Write an IP address in its usual form, such as 203.0.113.5.")
    if "#" in url:
        return _("Leave out “#” and what follows: it would never be sent.")
    return _("Enter a complete URL with a host, such as https://erp.example.com/hooks.")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


__all__ = ["BlockedAddressError", "BlockedURLError", "policy"]

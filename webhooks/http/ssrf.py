"""Which URLs and addresses a webhook may reach: public ones, and the networks that the operator lists.

A URL is checked for its form when it is saved and before it is used; an address whenever a socket is about to be
opened to it. `docs/security.md` says why this is our own code.
"""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_URL_LENGTH = 2000
NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")  # as the last part of a host: an address in a notation of old
NAME = re.compile(r"[^\s/?#@:\\%\[\]<>^|`{}\"]+")
LOCAL_NAMES = re.compile(r"(.*\.)?(localhost|local|internal|intranet|lan|home\.arpa)")
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all that IANA assigns to the public IPv6 network
# Ranges that `is_global` takes for public, in one release of Python or another, and that lead elsewhere.
SPECIAL = [
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # the host of a virtual machine on Azure
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",  # benchmarks
        "224.0.0.0/4",  # multicast
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds an IPv4 address
        "3fff::/20",  # documentation
    )
]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BlockedURLError(ValueError):
    """The URL has no form in which it could be sent to. The message is for people."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message


class BlockedAddressError(BlockedURLError):
    """The URL leads to an address, or to a name, that is not public by its form."""

    def __init__(self) -> None:
        super().__init__(NOT_PUBLIC)


NOT_PUBLIC = _(
    "This address is not public, so nothing is sent to it. Use a public address, or ask the operator of this "
    "installation to allow the network."
)
WRONG_PORT = _("The host or the port of this URL is not valid. A port is a number from 1 to 65535.")


@cache
def allowed_networks() -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(network) for network in settings.WEBHOOK_ALLOWED_NETWORKS)


def is_allowed(address: str) -> bool:
    """Tell whether a socket may be opened to an address. What is not an address is refused."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return is_public(found) or any(found in network for network in allowed_networks())


def is_public(address: Address) -> bool:
    if address.version == 6 and address not in GLOBAL_UNICAST:
        return False  # among others all that holds an IPv4 address: mapped, translated, compatible, NAT64
    return address.is_global and not any(address in network for network in SPECIAL)


def check_url(url: str) -> None:
    """Check a URL's form, and the address where its host is one. Names are not looked up.

    Raises `BlockedURLError` or `BlockedAddressError`. Whether a name leads to a public address is seen when a
    connection is opened: an answer about it here would tell which names exist inside.
    """
    if len(url) > MAX_URL_LENGTH:
        raise BlockedURLError(_("This URL is too long: at most %(most)s characters.") % {"most": MAX_URL_LENGTH})
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise BlockedURLError(_("A URL holds no spaces, control characters or backslashes."))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BlockedURLError(WRONG_PORT) from error
    if parts.scheme.lower() not in {"http", "https"}:
        raise BlockedURLError(_("Enter a URL that begins with https:// or http://."))
    if "@" in parts.netloc:
        raise BlockedURLError(
            _("Leave user name and password out of the URL: they go into the section Authentication.")
        )
    if port == 0 or parts.netloc.endswith(":"):
        raise BlockedURLError(WRONG_PORT)
    if "#" in url:
        raise BlockedURLError(_("Leave out “#” and what follows: it would never be sent."))
    _check_host(host)


def _check_host(host: str) -> None:
    if is_address(host):
        if not is_allowed(host):
            raise BlockedAddressError
        return
    name = host.removesuffix(".")
    if NUMBER.fullmatch(name.rpartition(".")[2]):
        raise BlockedURLError(_("Write an IP address in its usual form, such as 203.0.113.5."))
    if not NAME.fullmatch(name) or ".." in name or name.startswith("."):
        raise BlockedURLError(_("Enter a complete URL with a host, such as https://erp.example.com/hooks."))
    if not allowed_networks() and (LOCAL_NAMES.fullmatch(name.lower()) or "_" in name):
        raise BlockedAddressError


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

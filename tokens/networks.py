"""Addresses and networks of callers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from django.http import HttpRequest

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address_of(request: HttpRequest) -> str | None:
    """Return where a request comes from, as `lib.client_ip` found out; None where the server does not say."""
    return request.META["REMOTE_ADDR"] or None


def holds(networks: Iterable[str], address: str | None) -> bool:
    if address is None:
        return False
    parsed = ipaddress.ip_address(address)
    return any(parsed in ipaddress.ip_network(network) for network in networks)


def is_within(network: str, others: Iterable[str]) -> bool:
    """Tell whether a network lies inside one of the others."""
    inner = ipaddress.ip_network(network)
    return any(_is_subnet(inner, ipaddress.ip_network(outer)) for outer in others)


def _is_subnet(inner: Network, outer: Network) -> bool:
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)

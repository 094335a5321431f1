"""Where a request comes from, also behind reverse proxies: found out once, before anything reads `REMOTE_ADDR`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SOCKET_FILE = "unix"  # stands for clients of a socket file, which have no address


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies that are believed when they say, in `X-Forwarded-For`, whom they speak for."""

    networks: list[Network]
    on_socket_file: bool

    @classmethod
    def of(cls, names: Iterable[str]) -> Proxies:
        words = {name.strip() for name in names} - {""}
        try:
            networks = [ipaddress.ip_network(word) for word in words - {SOCKET_FILE}]
        except ValueError as error:
            raise ImproperlyConfigured(f"TRUSTED_PROXIES: {error}") from error
        return cls(networks, SOCKET_FILE in words)

    def client(self, peer: str, forwarded: str) -> str:
        """Return the nearest address that is no proxy of ours; nothing where the server does not say.

        Each proxy adds the address that it was called from on the right. What stands left of the first that is
        not ours was written by a stranger.
        """
        address, hops = _parsed(peer), forwarded.split(",")
        while hops and self._holds(address):
            hop = _parsed(hops.pop())
            if hop is None:
                break
            address = hop
        return str(address or "")

    def _holds(self, address: Address | None) -> bool:
        return self.on_socket_file if address is None else any(address in network for network in self.networks)


WITH_PORT = re.compile(r"\[(?P<v6>[^\]]*)\](:\d{1,5})?|(?P<v4>[\d.]+):\d{1,5}")  # as some proxies write it


def _parsed(text: str) -> Address | None:
    """Read an address, without its port and scope; one of IPv4 is never dressed as IPv6."""
    word = text.strip().strip('"')
    if match := WITH_PORT.fullmatch(word):
        word = match["v6"] or match["v4"] or ""
    try:
        address = ipaddress.ip_address(word.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def client_address(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let `REMOTE_ADDR` be the client's address for all that stores, limits or audits it."""
    proxies = Proxies.of(settings.TRUSTED_PROXIES)

    def middleware(request: HttpRequest) -> HttpResponse:
        peer = request.META.get("REMOTE_ADDR", "")
        request.META["REMOTE_ADDR"] = proxies.client(peer, request.headers.get("X-Forwarded-For", ""))
        return get_response(request)

    return middleware

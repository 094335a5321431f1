"""Combinations of settings that must not run, each refused in a sentence when a process starts."""

from __future__ import annotations

import ipaddress
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register, run_checks

TAG = "installation"
SHORTEST_KEY = 32  # characters
logger = logging.getLogger(__name__)


def refuse_to_start() -> None:
    """Exit with the first reason not to start; log what is only unwise."""
    found = run_checks(tags=[TAG])
    for message in found:
        if message.is_serious():
            raise SystemExit(message.msg)
    for message in found:
        logger.warning(message.msg)


@register(TAG)
def hosts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401, as Django calls it
    if "*" in settings.ALLOWED_HOSTS and not settings.HAS_BASE_URL:
        text = "ALLOWED_HOSTS allows any name, so links need a name of their own: set BASE_URL, or name the hosts."
        return [Error(text, id="planradar.E001")]
    return []


@register(TAG)
def keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401, as Django calls it
    """Refuse empty keys, and short ones that write; a short one that only reads is about to retire."""
    lists = {
        "SECRET_KEY": [settings.SECRET_KEY],
        "SECRET_KEY_FALLBACKS": settings.SECRET_KEY_FALLBACKS,
        "SALT_KEYS": settings.SALT_KEY,
        "AUDIT_KEYS": settings.AUDIT_KEYS,
        "TOKEN_PEPPERS": settings.TOKEN_PEPPERS,
    }
    found: list[CheckMessage] = []
    for name, values in lists.items():
        if not all(value.strip() for value in values):
            found.append(Error(f"{name} holds an empty key: remove it, or fill it in.", id="planradar.E002"))
        elif name != "SECRET_KEY_FALLBACKS" and len(values[0]) < SHORTEST_KEY:
            text = (
                f"The newest key of {name} has fewer than {SHORTEST_KEY} characters: put a longer one before it, and "
                "see docs/deploy.md, “Retire a key”."
            )
            found.append(Error(text, id="planradar.E003"))
    return found


@register(TAG)
def services(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401, as Django calls it
    """Warn of servers on other machines that are reached in clear text or without a password."""
    return [
        Warning(f"{name} leads to another machine {lack}.", id="planradar.W001")
        for name, url in (("DATABASE_URL", settings.DATABASE_URL), ("REDIS_URL", settings.REDIS_URL))
        for lack in _lacks(url)
    ]


def _lacks(url: str) -> list[str]:
    parts = urlsplit(url)
    if not parts.hostname or _is_local(parts.hostname):
        return []
    lacks = []
    if not parts.password:
        lacks.append("without a password")
    if parts.scheme in ("redis", "valkey"):
        lacks.append("without TLS: use rediss://")
    if parts.scheme.startswith("postgres") and not _verifies(parts.query):
        lacks.append("without TLS: add ?sslmode=verify-full")
    return lacks


def _verifies(query: str) -> bool:
    return parse_qs(query).get("sslmode", [""])[0] in ("require", "verify-ca", "verify-full")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_server(*, workers: int, threads: int, addresses: list[str]) -> None:
    """Exit where the web server's own settings do not fit the installation's."""
    if workers > 1 and not settings.REDIS_URL:
        raise SystemExit(
            f"{workers} web processes would each count the API's limit for themselves: set REDIS_URL, or run one "
            "process with several threads."
        )
    if workers == 1 and threads == 1:
        raise SystemExit(
            "One web process with one thread answers one request at a time: run it with --threads 8 or more."
        )
    if settings.DEBUG and not all(_is_local(address) for address in addresses):
        raise SystemExit(
            "DEBUG shows details to everyone who reaches this server: bind it to 127.0.0.1, or set DEBUG=false."
        )

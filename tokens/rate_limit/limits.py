"""The API's limit (R-T5): an exact sliding window over each account.

In no `WINDOW` are more requests served than the account's limit. The log of the window lives in Redis, shared by
all processes, or in memory where the one web process has no Redis. If Redis fails, each process limits for itself.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.models import Account
from lib.circuit_breaker import CircuitBreaker
from tokens.rate_limit.sliding_window import MICROSECONDS, Counts, MemoryWindow, RedisWindow, Use, Verdict, Window

WINDOW = 60  # seconds
FAILED = "The store of the API limit failed (%s): limiting by process."
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands: `remaining` of `limit` requests, and `reset`, the seconds until one more is free."""

    allowed: bool
    limit: int
    remaining: int
    reset: int

    @property
    def used(self) -> int:
        return self.limit - self.remaining

    def headers(self) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers, and the older ones that clients know."""
        fields = {
            "RateLimit-Policy": f'"account";q={self.limit};w={WINDOW}',
            "RateLimit": f'"account";r={self.remaining};t={self.reset}',
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }
        return fields if self.allowed else fields | {"Retry-After": str(self.reset)}


class SharedWindow:
    """The window in Redis, and this process's own while Redis fails."""

    def __init__(self, shared: Window, own: MemoryWindow) -> None:
        self._shared, self._own = shared, own
        self._outage = CircuitBreaker(logger, FAILED)

    def consume(self, account: int, limit: int, use: Use | None) -> Verdict:
        if not self._outage.is_fresh:
            try:
                return self._shared.consume(account, limit, use)
            except redis.RedisError as error:
                self._outage.note(error)
        return self._own.consume(account, limit, use)

    def drain(self) -> Counts:
        """Return the counts of both; those in Redis stay there while it fails."""
        counts = self._own.drain()
        try:
            shared = self._shared.drain()
        except redis.RedisError as error:
            self._outage.note(error)
            return counts
        return Counts(counts.uses + shared.uses, counts.places | shared.places)


def consume(account: Account, use: Use) -> Standing:
    """Count one request against the account's limit, unless it is used up."""
    return _standing(account, use)


def peek(account: Account) -> Standing:
    """Tell where the account stands, and count nothing."""
    return _standing(account, None)


def _standing(account: Account, use: Use | None) -> Standing:
    limit = account.requests_per_minute
    verdict = window().consume(account.pk, limit, use)
    remaining = max(limit - verdict.held, 0)
    reset = max(math.ceil(verdict.wait / MICROSECONDS), 0 if remaining else 1)
    return Standing(verdict.allowed or use is None, limit, remaining, reset)


@cache
def window() -> Window:
    if not settings.REDIS_URL:
        return own_window()
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 1)
    )
    return SharedWindow(RedisWindow(client, WINDOW), own_window())


@cache
def own_window() -> MemoryWindow:
    return MemoryWindow(WINDOW)

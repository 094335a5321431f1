"""The API's limit (R-T5): an exact sliding window over each account.

In no `WINDOW` are more requests served than the account's limit. The log of the window lives in Redis, shared by
all processes, or in memory where the one web process has no Redis. If Redis fails, each process limits for itself.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from accounts.models import Account

WINDOW = 60  # seconds
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands: `remaining` of `limit` requests, and `reset`, the seconds until one more is free."""

    allowed: bool
    limit: int
    remaining: int
    reset: int

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


def hit(account: Account) -> Standing:
    """Count one request against the account's limit, unless it is used up."""
    limit = account.requests_per_minute
    item = RateLimitItemPerMinute(limit)
    try:
        return _hit(_limiter(), item, limit, str(account.pk))
    except redis.RedisError as error:
        logger.warning("The store of the API limit failed (%s): limiting in this process alone.", type(error).__name__)
        return _hit(_fallback(), item, limit, str(account.pk))


def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, limit: int, key: str) -> Standing:
    allowed = limiter.hit(item, key)
    window = limiter.get_window_stats(item, key)
    reset = max(math.ceil(window.reset_time - time.time()), 0 if window.remaining else 1)
    return Standing(allowed, limit, window.remaining, reset)


@cache
def _limiter() -> MovingWindowRateLimiter:
    if settings.REDIS_URL:
        return MovingWindowRateLimiter(RedisStorage(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1))
    return _fallback()


@cache
def _fallback() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())

"""The cache of all processes, which counts sign-ins, invitations and failed keys by address."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from lib.circuit_breaker import CircuitBreaker

OPERATIONS = ("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear")
outage = CircuitBreaker(logging.getLogger(__name__), "The cache failed (%s): counting by process.")


class JsonSerializer:
    """Values in Redis are data, never code: write access there must not run anything here."""

    def dumps(self, value: object) -> int | bytes:
        return value if type(value) is int else json.dumps(value).encode()  # INCR counts plain integers only

    def loads(self, data: bytes) -> object:
        return json.loads(data)


class SteadyCache(RedisCache):
    """Redis, and this process's memory while Redis fails: what is limited stays limited, and people can sign in."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache("steady", {})


def _steady(name: str) -> Callable[..., Any]:
    shared = getattr(RedisCache, name)

    def operate(self: SteadyCache, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, as what it stands for
        if not outage.is_fresh:
            try:
                return shared(self, *args, **kwargs)
            except redis.RedisError as error:
                outage.note(error)
        return getattr(self._own, name)(*args, **kwargs)

    return operate


for _name in OPERATIONS:
    setattr(SteadyCache, _name, _steady(_name))

"""The exact sliding window, with what is counted beside it: in Redis for all processes, or in this process's memory.

The log of a window holds the instants of the requests served, the newest first, and knows nothing of the limit: a
change of the limit neither resets nor extends it. Of any two instants a window apart, the earlier one is out of it.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import redis

MICROSECONDS = 1_000_000
HOUR = 3600
KEYS = "api-limit:"
USES, PLACES = f"{KEYS}uses", f"{KEYS}places"
KEEP = 2 * 86_400  # seconds that counts wait in Redis where no worker collects them

# KEYS: log, uses, places. ARGV: microseconds of the window, limit, use, place, software; without a use, just look.
# The clock is that of Redis, one for all machines, and never runs backwards here.
HIT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local newest = tonumber(redis.call('LINDEX', KEYS[1], 0))
if newest and newest > now then now = newest end
local oldest = tonumber(redis.call('LINDEX', KEYS[1], -1))
while oldest and oldest <= now - window do
  redis.call('RPOP', KEYS[1])
  oldest = tonumber(redis.call('LINDEX', KEYS[1], -1))
end
local count = redis.call('LLEN', KEYS[1])
local allowed = count < limit and 1 or 0
if ARGV[3] ~= '' then
  if allowed == 1 then
    redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
    redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
    redis.call('HSET', KEYS[3], ARGV[4], time[1] .. '|' .. ARGV[5])
    redis.call('EXPIRE', KEYS[3], ARGV[6])
    count = count + 1
  end
  local hour = time[1] - time[1] % 3600
  redis.call('HINCRBY', KEYS[2], string.format('%.0f', hour) .. '|' .. allowed .. '|' .. ARGV[3], 1)
  redis.call('EXPIRE', KEYS[2], ARGV[6])
end
local free = now
if count > 0 then free = tonumber(redis.call('LINDEX', KEYS[1], math.min(count, limit) - 1)) + window end
return {allowed, count, free - now, now}
"""
DRAIN = """
local found = {redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
redis.call('DEL', KEYS[1], KEYS[2])
return found
"""


class Use(NamedTuple):
    """One request, as it is counted."""

    account: int
    token: int
    operation: str
    address: str
    agent: str


class Verdict(NamedTuple):
    """Whether there was room, how many the window holds, and in how many microseconds there is room for one more."""

    allowed: bool
    held: int
    wait: int
    now: int  # microseconds of the clock that decided


class Tally(NamedTuple):
    """What is counted: requests of a token to an operation in an hour (Unix seconds)."""

    hour: int
    served: bool
    account: int
    token: int
    operation: str


@dataclass(slots=True)
class Counts:
    """What was counted since the last time: requests, and when which software was last seen at a token's address."""

    uses: Counter[Tally] = field(default_factory=Counter)
    places: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)


class Window(Protocol):
    def consume(self, account: int, limit: int, use: Use | None) -> Verdict: ...

    def drain(self) -> Counts: ...


class RedisWindow:
    """One round trip for each request, whatever it has to know."""

    def __init__(self, client: redis.Redis, seconds: float) -> None:
        self._client = client
        self._window = round(seconds * MICROSECONDS)
        self._consume = client.register_script(HIT)
        self._drain = client.register_script(DRAIN)

    def consume(self, account: int, limit: int, use: Use | None) -> Verdict:
        counted = f"{use.account}|{use.token}|{use.operation}" if use else ""
        place, agent = (f"{use.token}|{use.address}", use.agent) if use else ("", "")
        values: list[str | int] = [self._window, limit, counted, place, agent, KEEP]
        allowed, *numbers = self._consume(keys=[f"{KEYS}{account}", USES, PLACES], args=values)
        return Verdict(allowed == 1, *numbers)

    def drain(self) -> Counts:
        uses, places = self._drain(keys=[USES, PLACES])
        counts = Counts()
        for name, number in _pairs(uses):
            hour, served, account, token, operation = name.split("|", 4)
            counts.uses[Tally(int(hour), served == "1", int(account), int(token), operation)] = int(number)
        for name, seen in _pairs(places):
            (token, address), (at, agent) = name.split("|", 1), seen.split("|", 1)
            counts.places[int(token), address] = int(at), agent
        return counts


def _pairs(flat: list[bytes]) -> list[tuple[str, str]]:
    texts = [text.decode(errors="replace") for text in flat]
    return list(zip(texts[::2], texts[1::2], strict=True))


class MemoryWindow:
    """For one process. `clock` returns microseconds."""

    def __init__(self, seconds: float, clock: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self._window = round(seconds * MICROSECONDS)
        self._clock = clock
        self._lock = threading.Lock()
        self._logs: dict[int, deque[int]] = {}
        self._counts = Counts()

    def consume(self, account: int, limit: int, use: Use | None) -> Verdict:
        with self._lock:
            log = self._logs.setdefault(account, deque())
            now = max(self._clock(), log[0] if log else 0)
            while log and log[-1] <= now - self._window:
                log.pop()
            allowed = len(log) < limit
            if use:
                if allowed:
                    log.appendleft(now)
                self._count(use, allowed, now // MICROSECONDS)
            wait = log[min(len(log), limit) - 1] + self._window - now if log else 0
            return Verdict(allowed, len(log), wait, now)

    def _count(self, use: Use, served: bool, now: int) -> None:
        self._counts.uses[Tally(now - now % HOUR, served, use.account, use.token, use.operation)] += 1
        if served:
            self._counts.places[use.token, use.address] = now, use.agent

    def drain(self) -> Counts:
        with self._lock:
            counts, self._counts = self._counts, Counts()
        return counts

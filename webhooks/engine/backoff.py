"""When to try again: the schedule of Standard Webhooks, ten attempts in 75 h 35 min, each with a little jitter."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

RETRY_DELAYS = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
]
MAX_ATTEMPTS = len(RETRY_DELAYS) + 1
MAX_JITTER = 0.1  # of the delay; never earlier
MAX_RETRY_AFTER = timedelta(hours=24)
MAX_PROBE_DELAY = timedelta(hours=1)  # so that a receiver that is back is found within the hour


def next_attempt_at(now: datetime, *, attempts: int, retry_after: int | None = None) -> datetime | None:
    """Return when to try again after so many attempts, or None when they are used up.

    `retry_after` is what the receiver asked for, in seconds: it can put the attempt off, not bring it forward.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    delay = RETRY_DELAYS[attempts - 1]
    if retry_after is not None:
        delay = max(delay, min(timedelta(seconds=retry_after), MAX_RETRY_AFTER))
    return now + _jittered(delay)


def next_probe_at(now: datetime, *, failed_probes: int, retry_after: int = 0) -> datetime:
    """Return when to look again whether a failing receiver answers, after so many probes in vain.

    `retry_after` is what the receiver asked for, in seconds, as above.
    """
    delay = min(RETRY_DELAYS[min(failed_probes, len(RETRY_DELAYS) - 1)], MAX_PROBE_DELAY)
    return now + _jittered(max(delay, min(timedelta(seconds=retry_after), MAX_RETRY_AFTER)))


def _jittered(delay: timedelta) -> timedelta:
    return delay * (1 + random.uniform(0, MAX_JITTER))  # noqa: S311, jitter is no secret

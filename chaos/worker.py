"""How a worker or the beat starts here: `python -m chaos.worker PLAN …` is `python -m celery …` with a plan.

The plan, in JSON, may name a point at which the process kills itself, without any hook in the engine: the functions
that the drain calls are wrapped. It may move the clock of the process when SIGUSR2 comes. And unless it asks for the
real times, the times after which the engine takes up what a dead worker left are shortened, so that a run does not
consist of waiting. They keep their order: a batch is over before its lease is.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import ParamSpec, TypeVar

import django
import time_machine
from celery.__main__ import main as celery
from celery.signals import beat_init, worker_ready
from django.conf import settings

WAKEUP_LOST_AFTER = timedelta(seconds=2)  # 30 in earnest
SWEEP = timedelta(seconds=1)  # 5
RETRY = timedelta(seconds=2)  # 5 s, 5 min, 30 min, …
START_LIMIT, TOTAL_TIMEOUT = 1.0, 2.0  # seconds; 20 and 15
Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class Point(StrEnum):
    """Where a worker may die. At each of them nothing else is on its way, as long as there is one webhook."""

    NOWHERE = ""
    BEFORE_CLAIM = "before claim"
    BEFORE_SEND = "between claim and send"
    BEFORE_RECORD = "between send and record"


@dataclass(frozen=True)
class Plan:
    name: str = ""
    point: Point = Point.NOWHERE
    lease: int = 0  # seconds; 0 leaves all times as they are
    clock: int = 0  # seconds, by which SIGUSR2 moves it

    def as_json(self) -> str:
        return json.dumps(asdict(self))


def shorten(lease: int) -> None:
    """Shorten the engine's times in this process; `lease` in seconds."""
    from webhooks.engine import backoff, drain, leases, wakeups  # noqa: PLC0415, not before Django is set up
    from webhooks.http import exchange  # noqa: PLC0415, likewise

    leases.LEASE, wakeups.WAKEUP_LOST_AFTER = timedelta(seconds=lease), WAKEUP_LOST_AFTER
    drain.START_LIMIT, exchange.TOTAL_TIMEOUT = START_LIMIT, TOTAL_TIMEOUT
    backoff.RETRY_DELAYS[:] = [min(delay, RETRY) for delay in backoff.RETRY_DELAYS]
    settings.CELERY_BEAT_SCHEDULE["webhooks.sweep"]["schedule"] = SWEEP


def move_clock(seconds: int) -> None:
    """Let this process, in all its threads, see a clock that is off by so much from now on. Monotonic time goes on."""
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True).start()


def _die_at(point: Point) -> None:
    from webhooks.engine import drain  # noqa: PLC0415, not before Django is set up

    if point == Point.BEFORE_CLAIM:
        # Before the first claim, when nothing is on its way.
        drain.acquire_drain_lease = _dying(drain.acquire_drain_lease)
    elif point == Point.BEFORE_SEND:
        drain.receiver_of = _dying(drain.receiver_of)  # which comes after the first claim
    elif point == Point.BEFORE_RECORD:
        drain.record = _dying(drain.record)


def _dying(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """Wrap a function so that one of its next calls is the process's last act."""
    left, lock = random.randint(1, 6), threading.Lock()

    def dying(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        nonlocal left
        with lock:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)

    return dying


def main() -> None:
    plan = Plan(**json.loads(sys.argv.pop(1)))
    django.setup()
    if plan.lease:
        shorten(plan.lease)
    _die_at(Point(plan.point))

    def get_ready(**_: object) -> None:
        signal.signal(signal.SIGUSR2, lambda *_: move_clock(plan.clock))
        Path(settings.DATA_DIR, f"{plan.name}.ready").write_text(str(os.getpid()))

    worker_ready.connect(get_ready)
    beat_init.connect(get_ready)
    sys.argv[0] = "celery"
    celery()


if __name__ == "__main__":
    main()

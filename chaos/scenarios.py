"""The matrix: each cell says what goes wrong while events are published, and does it."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from chaos.receiver import Receiver
from chaos.result import Result
from chaos.services import Postgres, Redis
from chaos.worker import Point, move_clock
from chaos.workers import Crew

TIMES = 3  # how often a fault happens in a cell
WORKER_GRACE = 60  # seconds, for the planned deaths to happen
LEASE = 5  # seconds; longer than a batch can last with the times of faults.bootstrap
HOUR = 3600  # seconds
OUTAGE = 30  # seconds


@dataclass(frozen=True)
class Scene:
    """What a fault may lay hands on."""

    crew: Crew
    postgres: Postgres
    redis: Redis
    receiver: Receiver
    lives: int
    clock: int

    def pause(self) -> None:
        """Let work go on for a moment, never the same one."""
        time.sleep(random.uniform(0.8, 1.8))


Fault = Callable[[Scene], int]  # makes trouble, and returns how often


def nothing(scene: Scene) -> int:
    return 0


def deaths(scene: Scene) -> int:
    """Wait for the worker to have died as planned."""
    ends = time.monotonic() + WORKER_GRACE
    while scene.crew.deaths < scene.lives and time.monotonic() < ends:
        time.sleep(0.1)
    return scene.crew.deaths


def random_deaths(scene: Scene) -> int:
    for _ in range(TIMES + 1):
        scene.pause()
        random.choice(scene.crew.workers).send(signal.SIGKILL)
        time.sleep(0.1)
        scene.crew.wait_until_ready()
    return scene.crew.deaths


def empty_broker(scene: Scene) -> int:
    for _ in range(4 * TIMES):
        time.sleep(random.uniform(0.1, 0.8))
        scene.redis.empty()
    return 4 * TIMES


def restart_broker(scene: Scene) -> int:
    for _ in range(TIMES):
        scene.pause()
        scene.redis.stop()
        scene.pause()
        scene.redis.start()
    return TIMES


def restart_database(scene: Scene) -> int:
    for number in range(TIMES):
        scene.pause()
        scene.postgres.stop("fast" if number % 2 else "immediate")
        time.sleep(0.5)
        scene.postgres.start()
    return TIMES


def database_away(scene: Scene) -> int:
    scene.pause()
    scene.postgres.stop()
    time.sleep(OUTAGE)
    scene.postgres.start()
    return 1


def restart_receiver(scene: Scene) -> int:
    """Kill the receiver and start it again, so that kept connections die, with and without a request on them."""
    for _ in range(4 * TIMES):
        time.sleep(random.uniform(0.1, 0.8))
        scene.receiver.stop()
        scene.receiver.start()
    return 4 * TIMES


def shift_clock(scene: Scene) -> int:
    for _ in range(TIMES):
        scene.pause()
        move_clock(scene.clock)
        scene.crew.send(signal.SIGUSR2)
    return TIMES


@dataclass(frozen=True)
class Cell:
    """`may_repeat`: whether a delivery may arrive again. All else is the same in every cell: nothing is lost."""

    name: str
    what: str
    fault: Fault = nothing
    point: Point = Point.NOWHERE
    lives: int = TIMES
    may_repeat: bool = False
    workers: tuple[str, ...] = ("deliveries", "probes", "beat")
    webhooks: int = 1
    clock: int = 0
    rolls_back: bool = False
    lease: int = LEASE  # seconds, instead of 60; 0 leaves all times as they are
    is_embedded: bool = False

    def complaints(self, result: Result) -> list[str]:
        """Return what should not be, in words; nothing where all is well."""
        wrong = result.complaints(may_repeat=self.may_repeat)
        if self.fault is not nothing and not result.faults:
            wrong.append("the fault did not happen")
        return wrong


TWO_WORKERS = ("deliveries", "deliveries2", "probes", "beat")
CELLS = [
    Cell(
        "worker killed before claim",
        "The worker is killed (SIGKILL) when it is about to claim deliveries.",
        deaths,
        Point.BEFORE_CLAIM,
    ),
    Cell(
        "worker killed between claim and send",
        "The worker is killed when it has claimed deliveries and sent none of them.",
        deaths,
        Point.BEFORE_SEND,
    ),
    Cell(
        "worker killed between send and record",
        "The worker is killed when receivers have answered and nothing is written down of it yet.",
        deaths,
        Point.BEFORE_RECORD,
        may_repeat=True,
    ),
    Cell(
        "worker killed between claim and send, real times",
        "The same as between claim and send, with leases and sweeps as long as they are in earnest.",
        deaths,
        Point.BEFORE_SEND,
        lives=1,
        lease=0,
    ),
    Cell(
        "workers killed at random",
        "Any of the workers, and the beat that calls for the sweep, is killed at any moment.",
        random_deaths,
        may_repeat=True,
    ),
    Cell("broker emptied", "Redis is emptied (FLUSHALL) again and again, wake-ups and all.", empty_broker),
    Cell(
        "broker stopped and started",
        "Redis is killed and started again empty; events are published while it is away.",
        restart_broker,
    ),
    Cell(
        "database restarted",
        "PostgreSQL is stopped, in turn as in a crash and in good order, and started again. A lease lasts 20 s, "
        "so that it outlasts the outage, as it does in earnest.",
        restart_database,
        lease=20,
    ),
    Cell(
        "database away for 30 s",
        "PostgreSQL is killed and stays away for 30 s while deliveries are in flight. A lease lasts 45 s, so that it "
        "outlasts the outage, as it does in earnest.",
        database_away,
        lease=45,
    ),
    Cell(
        "receiver restarted again and again",
        "The receiver is killed and started again, so that kept connections die. What it had received and not "
        "answered arrives again.",
        restart_receiver,
        may_repeat=True,
    ),
    Cell("two workers, one webhook", "Two workers deliver for the same webhook at once.", workers=TWO_WORKERS),
    Cell(
        "two workers, several webhooks",
        "Two workers deliver at once, and every event goes to three webhooks.",
        workers=TWO_WORKERS,
        webhooks=3,
    ),
    Cell(
        "clock moved forward",
        "The clock of every process jumps an hour ahead, in the midst of work, again and again.",
        shift_clock,
        clock=HOUR,
    ),
    Cell("clock moved back", "The clock of every process jumps an hour back, likewise.", shift_clock, clock=-HOUR),
    Cell(
        "transaction rolled back",
        "Before each event another one is published and its transaction rolled back. None of these may arrive.",
        rolls_back=True,
    ),
    Cell(
        "embedded, worker killed at random",
        "The same as workers killed at random, with SQLite and a broker of files.",
        random_deaths,
        may_repeat=True,
        is_embedded=True,
    ),
]

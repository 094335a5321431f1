"""`python -m chaos.run NAME EVENTS TEMPLATES`: play one cell, in its own process, and print its result in JSON.

The environment names the services, which this process starts and stops; see `chaos.environment`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import django

from chaos import receiver
from chaos.result import Result, count
from chaos.scenarios import CELLS, Cell, Scene
from chaos.services import Postgres, Redis
from chaos.worker import Plan, shorten
from chaos.workers import working
from webhooks.http.signing import generate_secret

WORKER_GRACE, REAL_PATIENCE = 60, 180  # seconds, after the last event is published


def play(cell: Cell, events: int, postgres: Postgres, redis: Redis, directory: Path) -> Result:
    """Publish events while the fault happens, wait until nothing waits, and count."""
    traffic = importlib.import_module("chaos.traffic")
    began, secret = time.monotonic(), generate_secret()
    plan = Plan(point=cell.point, lease=cell.lease, clock=cell.clock)
    with (
        receiver.running(secret, directory / "arrivals") as target,
        working(cell.workers, plan, cell.lives, directory) as crew,
    ):
        publisher = traffic.Publisher(target.url, webhooks=cell.webhooks, secret=secret, rolls_back=cell.rolls_back)
        publishing = ThreadPoolExecutor(1).submit(publisher.publish, events)
        happened = cell.fault(Scene(crew, postgres, redis, target, cell.lives, cell.clock))
        publishing.result()
        ends = time.monotonic() + (WORKER_GRACE if cell.lease else REAL_PATIENCE)
        while publisher.is_waiting() and time.monotonic() < ends:
            time.sleep(0.2)
        return count(
            cell.name,
            sent=publisher.sent(),
            delivered=publisher.delivered(),
            arrivals=target.arrivals(),
            faults=happened,
            seconds=time.monotonic() - began,
            worker_gave_up=crew.has_given_up,
        )


def main() -> None:
    name, events, templates = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    cell = next(cell for cell in CELLS if cell.name == name)
    data = Path(os.environ["DATA_DIR"])
    directory = data.parent
    ports = [urlsplit(os.environ.get(key, "//:0")).port or 0 for key in ("DATABASE_URL", "REDIS_URL")]
    postgres, redis = Postgres(directory / "postgres", ports[0]), Redis(directory, ports[1])
    with ExitStack() as stack:
        if not cell.is_embedded:
            stack.callback(postgres.stop)
            stack.callback(redis.stop)
            postgres.copy_of(templates / "postgres")
            postgres.start()
            redis.start()
        django.setup()
        if cell.lease:
            shorten(cell.lease)
        result = play(cell, events, postgres, redis, data)
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()

"""Deliveries per second of two worker processes with twenty webhooks, against one.

The receiver and PostgreSQL need the same cores, so that on two of them two workers cannot reach twice as much.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from benchmarks import deliveries, place, receiver
from webhooks.models import Delivery, Webhook

WEBHOOKS, COUNT, PAIRS = 20, 300, 5
DRAIN = """
import sys, django
django.setup()
from webhooks.engine.drain import drain
input()
for number in sys.argv[1:]:
    drain(int(number), slow_lane=True)
"""


def run() -> None:
    os.sched_setaffinity(0, set(place.CORES))
    with receiver.running(place.RECEIVER_CORE) as url:
        account = deliveries.make_account()
        hooks = [deliveries.make_webhook(account, f"{url}/hook") for _ in range(WEBHOOKS)]
        _rate(hooks, 1)  # warms up
        ratios = [_rate(hooks, 2) / _rate(hooks, 1) for _ in range(PAIRS)]
    os.sched_setaffinity(0, {place.SENDER_CORE})
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"deliver_two_workers: {statistics.median(ratios):.2f} (the median of {each})")


def _rate(hooks: list[Webhook], workers: int) -> float:
    """Return deliveries a second of so many processes, each with its share of the webhooks."""
    for hook in hooks:
        deliveries.fill(hook, COUNT)
    keys = [str(hook.pk) for hook in hooks]
    processes = [
        subprocess.Popen([sys.executable, "-c", DRAIN, *keys[share::workers]], stdin=subprocess.PIPE)
        for share in range(workers)
    ]
    time.sleep(4)  # until all have started
    began = time.perf_counter()
    for process in processes:
        process.stdin.write(b"\n")
        process.stdin.close()
    for process in processes:
        process.wait()
    took = time.perf_counter() - began
    assert not Delivery.objects.open().exists()
    return len(hooks) * COUNT / took

"""How long an event takes from its commit to its receiver, on an idle machine: real workers, PostgreSQL, Redis."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import urllib.request

from benchmarks import deliveries, place, receiver
from benchmarks.p99_with_dead_receivers import publish
from planradar.management.commands.start import PROCESSES

EVENTS, PACE = 400, 0.05  # seconds between two


def run() -> None:
    workers = [subprocess.Popen([sys.executable, *PROCESSES[name].split()]) for name in ("worker", "probes", "beat")]
    try:
        with receiver.running(place.RECEIVER_CORE) as url:
            hook = deliveries.make_webhook(deliveries.make_account(), f"{url}/hook")
            time.sleep(6)
            committed = {}
            for _ in range(EVENTS):
                time.sleep(PACE)
                uid, at = publish(hook)
                committed[uid] = at
            time.sleep(1)
            with urllib.request.urlopen(f"{url}/arrivals") as answer:
                arrived = json.load(answer)
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    took = sorted((arrived[uid] - at) * 1000 for uid, at in list(committed.items())[20:])
    shares = statistics.quantiles(took, n=100)
    print(f"commit_to_receipt: p50 {shares[49]:.1f} ms, p99 {shares[98]:.1f} ms, longest {took[-1]:.1f} ms")

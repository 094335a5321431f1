"""How long healthy receivers wait, from commit to receipt, while others accept connections and never answer.

100 webhooks; the 99th percentile over the same 80 with the other 20 silent, against all 100 healthy. As many events
are published to each in both, at an even pace, so that neither is a matter of how much the processor can do. Both are
played in pairs, in turns the one and the other first, and the median of the ratios counts. Real Celery workers.
"""

from __future__ import annotations

import json
import random
import signal
import statistics
import subprocess
import sys
import time
import urllib.request

from django.db import transaction

from accounts.actors import Actor
from benchmarks import deliveries, place, receiver
from planradar.management.commands.start import PROCESSES
from webhooks import events
from webhooks.engine.publish import publish_to
from webhooks.models import Delivery, Webhook

WEBHOOKS, SILENT, ROUNDS, PAIRS = 100, 20, 12, 5
PACE = 0.01  # seconds between two events


def run() -> None:
    workers = [subprocess.Popen([sys.executable, *PROCESSES[name].split()]) for name in ("worker", "probes", "beat")]
    try:
        with receiver.running(place.RECEIVER_CORE) as url:
            account = deliveries.make_account()
            hooks = [deliveries.make_webhook(account, f"{url}/hook/{number}") for number in range(WEBHOOKS)]
            time.sleep(5)
            _p99(url, hooks, silent=False)  # warms up
            ratios = [_ratio(url, hooks, silent_first=bool(number % 2)) for number in range(PAIRS)]
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGQUIT)
            worker.wait()
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"p99_with_dead_receivers: {statistics.median(ratios):.2f} (the median of {each})")


def _ratio(url: str, hooks: list[Webhook], *, silent_first: bool) -> float:
    took = {silent: _p99(url, hooks, silent=silent) for silent in (silent_first, not silent_first)}
    print(f"  p99: {took[True] * 1000:.0f} ms with dead receivers, {took[False] * 1000:.0f} ms without", flush=True)
    return took[True] / took[False]


def _p99(url: str, hooks: list[Webhook], *, silent: bool) -> float:
    """Publish `ROUNDS` events to every webhook; return the 99th percentile in seconds over those always healthy."""
    others, measured = hooks[:SILENT], hooks[SILENT:]
    if silent:
        Webhook.objects.filter(pk__in=[hook.pk for hook in others]).update(url=f"{url}/silent")
    committed: dict[str, float] = {}
    began = time.monotonic()
    for number, hook in enumerate(hook for _ in range(ROUNDS) for hook in random.sample(hooks, len(hooks))):
        time.sleep(max(began + number * PACE - time.monotonic(), 0))
        uid, at = publish(hook)
        if hook in measured:
            committed[uid] = at
    time.sleep(3)
    with urllib.request.urlopen(f"{url}/arrivals") as answer:
        arrived = json.load(answer)
    _calm_down(url, others)
    return statistics.quantiles([arrived[uid] - at for uid, at in committed.items()], n=100)[98]


def _calm_down(url: str, hooks: list[Webhook]) -> None:
    """Let all be as if no receiver had ever been silent."""
    ours = Webhook.objects.filter(pk__in=[hook.pk for hook in hooks])
    ours.update(url=f"{url}/hook")
    Delivery.objects.filter(lease=None, status="pending").delete()
    while ours.exclude(drain_lease=None).exists():
        time.sleep(0.2)
    Delivery.objects.filter(status="pending").delete()
    ours.update(consecutive_failures=0, first_failure_at=None, probe_at=None)


def publish(hook: Webhook) -> tuple[str, float]:
    """Publish one event; return its id and when it was committed, in unix seconds."""
    times: list[float] = []
    with transaction.atomic():
        transaction.on_commit(lambda: times.append(time.time()))
        event = publish_to(
            [hook],
            events.TICKET_CREATED,
            account=hook.account,
            project=None,
            actor=Actor(hook.account.owner.user, via="page"),
            data={"id": "1", "type": "tickets", "attributes": deliveries.ATTRIBUTES},
        )
    return event.uid, times[0]

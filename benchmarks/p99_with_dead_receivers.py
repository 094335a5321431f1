"""How long healthy receivers wait, from commit to receipt, while others accept connections and never answer.

100 webhooks; the 99th percentile over the 80 that are healthy in both runs, with 20 silent against none. Both runs
use real Celery workers, one for each queue.
"""

from __future__ import annotations

import json
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
from webhooks.models import Webhook
from webhooks.publish import publish_to

WEBHOOKS, SILENT, ROUNDS, PAUSE = 100, 20, 30, 0.25  # seconds


def run() -> None:
    workers = [subprocess.Popen([sys.executable, *PROCESSES[name].split()]) for name in ("worker", "probes", "beat")]
    try:
        with receiver.running(place.RECEIVER_CORE) as url:
            account = deliveries.make_account()
            hooks = [deliveries.make_webhook(account, f"{url}/hook/{number}") for number in range(WEBHOOKS)]
            time.sleep(5)
            _p99(url, hooks, hooks[SILENT:])  # warms up
            healthy = _p99(url, hooks, hooks[SILENT:])
            Webhook.objects.filter(pk__in=[hook.pk for hook in hooks[:SILENT]]).update(url=f"{url}/silent")
            with_dead = _p99(url, hooks, hooks[SILENT:])
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGQUIT)
            worker.wait()
    print(f"p99_with_dead_receivers: {with_dead / healthy:.2f} ({with_dead:.3f} s against {healthy:.3f} s)")


def _p99(url: str, hooks: list[Webhook], measured: list[Webhook]) -> float:
    """Publish `ROUNDS` events to every webhook; return the 99th percentile in seconds over the measured ones."""
    committed: dict[str, float] = {}
    for _ in range(ROUNDS):
        for hook in hooks:
            uid, at = _publish(hook)
            if hook in measured:
                committed[uid] = at
        time.sleep(PAUSE)
    time.sleep(3)
    with urllib.request.urlopen(f"{url}/arrivals") as answer:
        arrived = json.load(answer)
    return statistics.quantiles([arrived[uid] - at for uid, at in committed.items()], n=100)[98]


def _publish(hook: Webhook) -> tuple[str, float]:
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

"""Resident memory of a worker after 100,000 deliveries against after 10,000."""

from __future__ import annotations

from pathlib import Path

from benchmarks import deliveries, place, receiver
from webhooks.engine.drain import drain
from webhooks.models import Delivery

STEP = 5_000


def run() -> None:
    with receiver.running(place.RECEIVER_CORE) as url:
        webhook = deliveries.make_webhook(deliveries.make_account(), f"{url}/hook")
        _deliver(webhook, 10_000)
        early = _resident_kib()
        _deliver(webhook, 90_000)
        late = _resident_kib()
    print(f"worker_memory_growth: {late / early:.2f}")


def _deliver(webhook: object, count: int) -> None:
    for _ in range(count // STEP):
        deliveries.fill(webhook, STEP)
        while Delivery.objects.filter(status="pending").exists():
            drain(webhook.pk, slow_lane=False)


def _resident_kib() -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])

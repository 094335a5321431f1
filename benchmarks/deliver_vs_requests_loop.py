"""Deliveries per second, from committed rows to recorded attempts, against a bare loop of `requests` posts."""

from __future__ import annotations

import statistics
import time

import requests

from benchmarks import deliveries, place, receiver
from webhooks.engine.drain import drain
from webhooks.models import Delivery

COUNT = 500
PAIRS = 9


def run() -> None:
    with receiver.running(place.RECEIVER_CORE) as url:
        webhook = deliveries.make_webhook(deliveries.make_account(), f"{url}/hook")
        ratios = [deliver(webhook) / loop(webhook, f"{url}/hook") for _ in range(PAIRS)]
    print(f"deliver_vs_requests_loop: {statistics.median(ratios):.2f}")


def deliver(webhook: object, *, count: int = COUNT, slow_lane: bool = False) -> float:
    """Return deliveries a second."""
    deliveries.fill(webhook, count)
    began = time.perf_counter()
    drain(webhook.pk, slow_lane=slow_lane)
    took = time.perf_counter() - began
    assert not Delivery.objects.open().exists()
    return count / took


def loop(webhook: object, url: str) -> float:
    """Return posts a second."""
    body = webhook.deliveries.first().event.body.encode()
    with requests.Session() as session:
        began = time.perf_counter()
        for _ in range(COUNT):
            assert session.post(url, data=body, headers={"Content-Type": "application/json"}).status_code == 200
        return COUNT / (time.perf_counter() - began)

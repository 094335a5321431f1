"""Deliveries per second to one receiver that answers after 200 ms, against eight connections.

Eight connections to it take 40 a second, however quick the sender is.
"""

from __future__ import annotations

import statistics

from benchmarks import deliveries, place, receiver
from benchmarks.deliver_vs_requests_loop import deliver

LATENCY = 0.2  # seconds
EIGHT_CONNECTIONS = 8 / LATENCY
COUNT = 1500  # so that how it gets to its pace counts little
RUNS = 5


def run() -> None:
    with receiver.running(place.RECEIVER_CORE) as url:
        webhook = deliveries.make_webhook(deliveries.make_account(), f"{url}/after/{LATENCY}")
        rates = [deliver(webhook, count=COUNT, slow_lane=True) for _ in range(RUNS)]
    each = ", ".join(f"{rate:.0f}" for rate in rates)
    print(f"deliver_at_200ms: {statistics.median(rates) / EIGHT_CONNECTIONS:.2f} (of {each} a second, the first cold)")

"""How many requests a receiver gets at once: more while it answers quickly and well, half where it does not."""

from __future__ import annotations

from webhooks.http.outcome import DeliveryError, Outcome

STEP = 8  # more after a round in which as many as allowed were on their way
BUSY_STATUSES = {429, 503}
SMOOTHING = 1 / 8  # how much of the recent time of an answer the last one makes up
SLOWDOWN, TOLERANCE = 2.0, 50.0  # times slower than it was, and milliseconds: then it has too much to do


class Concurrency:
    """Additive increase, multiplicative decrease; halved once at most for what was on its way together."""

    def __init__(self, start: int, ceiling: int) -> None:
        self._limit, self._ceiling = float(max(min(start, ceiling), 1)), float(max(ceiling, 1))
        self._recent = self._quickest = 0.0
        self._to_ignore = 0

    @property
    def limit(self) -> int:
        return int(self._limit)

    def count_results(self, outcome: Outcome, in_flight: int, *, is_full: bool = True) -> None:
        """Take an answer into account.

        `in_flight` counts what was on its way when it came, itself included; `is_full` tells whether as many had been
        started as were allowed.
        """
        self._to_ignore -= 1
        slows_down = outcome.succeeded and self._slows_down(outcome.duration_ms)
        if slows_down or outcome.error == DeliveryError.TIMEOUT or outcome.status_code in BUSY_STATUSES:
            self._halve(in_flight)
        elif outcome.succeeded and is_full and self._to_ignore <= 0:
            self._limit = min(self._limit + STEP / self._limit, self._ceiling)

    def _slows_down(self, duration_ms: int) -> bool:
        if not self._recent:
            self._recent = self._quickest = duration_ms
        self._recent += SMOOTHING * (duration_ms - self._recent)
        self._quickest = min(self._quickest, self._recent)
        return self._recent > SLOWDOWN * self._quickest + TOLERANCE

    def _halve(self, in_flight: int) -> None:
        if self._to_ignore > 0:
            return
        self._limit = max(self._limit / 2, 1.0)
        self._to_ignore, self._quickest = in_flight, self._recent

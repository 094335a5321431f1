"""Plots of a webhook, drawn on the server: attempts and response times over a day and over thirty."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils import timezone

from webhooks.models import HourlyStats, Webhook, histogram

TOP, HEIGHT = 16, 100  # pixels of a drawing: above the highest value, and from there to the axis
MARKS = [10, 100, 1000, 10_000]  # milliseconds; the times are drawn to a logarithmic scale
LONGEST = 20_000
LABEL_EVERY = {24: 4, 30: 5}


@dataclass(slots=True)
class Bar:
    """One hour or day: its numbers, and where they stand in the drawing (x in per cent, y in pixels)."""

    begins: datetime
    x: float
    width: float
    has_label: bool
    delivered: int = 0
    failed: int = 0
    slowest_ms: int = 0
    buckets: list[int] = field(default_factory=list)
    delivered_height: float = 0
    failed_height: float = 0

    @property
    def is_empty(self) -> bool:
        return not self.delivered + self.failed

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)

    @property
    def median_ms(self) -> int:
        return histogram.percentile(self.buckets, 0.5, self.slowest_ms)

    @property
    def p95_ms(self) -> int:
        return histogram.percentile(self.buckets, 0.95, self.slowest_ms)

    @property
    def delivered_y(self) -> float:
        return round(TOP + HEIGHT - self.delivered_height, 1)

    @property
    def failed_y(self) -> float:
        return round(self.delivered_y - self.failed_height, 1)

    @property
    def median_y(self) -> float:
        return height_of(self.median_ms)

    @property
    def p95_y(self) -> float:
        return height_of(self.p95_ms)

    def add(self, hour: HourlyStats) -> None:
        self.delivered += hour.delivered
        self.failed += hour.failed
        self.slowest_ms = max(self.slowest_ms, hour.slowest_ms)
        self.buckets = histogram.merge(self.buckets, hour.buckets)


@dataclass(frozen=True, slots=True)
class Plot:
    bars: list[Bar]
    most: int
    by_day: bool

    @property
    def tried(self) -> list[Bar]:
        return [bar for bar in self.bars if not bar.is_empty]

    @property
    def lines(self) -> list[tuple[Bar, Bar]]:
        """Return the bars that a line joins: neighbours with attempts in both."""
        return [(one, next_) for one, next_ in pairwise(self.bars) if not (one.is_empty or next_.is_empty)]

    @property
    def marks(self) -> list[tuple[float, int]]:
        """Return where the lines of the scale of times stand, and what they stand for (ms)."""
        return [(height_of(mark), mark) for mark in MARKS]


def height_of(milliseconds: int) -> float:
    return round(TOP + HEIGHT - HEIGHT * math.log(max(milliseconds, 1)) / math.log(LONGEST), 1)


def plot_of(webhook: Webhook, now: datetime, *, by_day: bool) -> Plot:
    """Return the last 24 hours, or the last 30 days in the person's time zone. One query."""
    bars = _days(now) if by_day else _hours(now)
    for hour in HourlyStats.objects.filter(webhook=webhook, hour__gte=now - timedelta(days=32 if by_day else 2)):
        key = _day_of(hour.hour) if by_day else hour.hour
        if key in bars:
            bars[key].add(hour)
    most = max(bar.delivered + bar.failed for bar in bars.values())
    for bar in bars.values():
        bar.delivered_height = round(HEIGHT * bar.delivered / max(most, 1), 1)
        bar.failed_height = round(HEIGHT * bar.failed / max(most, 1), 1)
    return Plot(list(bars.values()), most, by_day)


def _hours(now: datetime) -> dict[date, Bar]:
    last = now.replace(minute=0, second=0, microsecond=0)
    begins = [last - timedelta(hours=back) for back in reversed(range(24))]
    return {begin: _bar(timezone.localtime(begin), number, 24) for number, begin in enumerate(begins)}


def _days(now: datetime) -> dict[date, Bar]:
    last = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = [last - timedelta(days=back) for back in reversed(range(30))]
    return {begin.date(): _bar(begin, number, 30) for number, begin in enumerate(begins)}


def _day_of(hour: datetime) -> date:
    return timezone.localtime(hour).date()


def _bar(begins: datetime, number: int, of: int) -> Bar:
    return Bar(
        begins,
        x=round(100 * number / of + 0.3, 2),
        width=round(100 / of - 0.6, 2),
        has_label=number % LABEL_EVERY[of] == 0,
    )

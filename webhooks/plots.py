"""Plots of a webhook, drawn on the server: attempts and response times over a day and over thirty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Sum
from django.db.models.functions import TruncDay, TruncHour
from django.utils import timezone

from webhooks.models import Hour, Webhook

WIDTH, HEIGHT, FOOT = 720, 120, 20  # pixels of the drawing; it scales with the page


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour or day: numbers, and where its parts stand in the drawing."""

    begins: datetime
    delivered: int
    failed: int
    average_ms: int
    slowest_ms: int
    x: float
    width: float
    delivered_y: float
    delivered_height: float
    failed_y: float
    failed_height: float
    average_y: float


@dataclass(frozen=True, slots=True)
class Plot:
    bars: list[Bar]
    most: int
    slowest_ms: int
    by_day: bool

    @property
    def line(self) -> str:
        """Return the points of the average response time, where there were attempts."""
        tried = [bar for bar in self.bars if bar.delivered + bar.failed]
        return " ".join(f"{bar.x + bar.width / 2:.1f},{bar.average_y:.1f}" for bar in tried)

    @property
    def is_empty(self) -> bool:
        return self.most == 0


def plot_of(webhook: Webhook, now: datetime, *, by_day: bool) -> Plot:
    """Return the last 24 hours, or the last 30 days in the person's time zone. One query."""
    steps, step = (30, timedelta(days=1)) if by_day else (24, timedelta(hours=1))
    trunc = (TruncDay if by_day else TruncHour)("hour")
    last = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    last = last.replace(hour=0) if by_day else last
    begins = [last - step * back for back in reversed(range(steps))]
    sums = {"ok": Sum("delivered"), "bad": Sum("failed"), "ms": Sum("total_ms"), "slowest": Max("slowest_ms")}
    hours = Hour.objects.filter(webhook=webhook, hour__gte=begins[0] - timedelta(hours=1)).annotate(begins=trunc)
    rows: dict[datetime, dict[str, int]] = {}
    for begin, *numbers in hours.values_list("begins").annotate(**sums).order_by():
        rows[begin] = dict(zip(sums, numbers, strict=True))
    return _draw([(begin, rows.get(begin, {})) for begin in begins], by_day=by_day)


def _draw(columns: list[tuple[datetime, dict[str, int]]], *, by_day: bool) -> Plot:
    most = max(row.get("ok", 0) + row.get("bad", 0) for _, row in columns)
    slowest = max(_average(row) for _, row in columns)
    width = WIDTH / len(columns)
    bars = []
    for number, (begins, row) in enumerate(columns):
        ok, bad = row.get("ok", 0), row.get("bad", 0)
        ok_height, bad_height = (HEIGHT * count / max(most, 1) for count in (ok, bad))
        bars.append(
            Bar(
                begins=begins,
                delivered=ok,
                failed=bad,
                average_ms=_average(row),
                slowest_ms=row.get("slowest", 0),
                x=round(number * width + 1, 1),
                width=round(width - 2, 1),
                delivered_y=round(HEIGHT - ok_height, 1),
                delivered_height=round(ok_height, 1),
                failed_y=round(HEIGHT - ok_height - bad_height, 1),
                failed_height=round(bad_height, 1),
                average_y=round(HEIGHT - HEIGHT * _average(row) / max(slowest, 1), 1),
            )
        )
    return Plot(bars, most, slowest, by_day)


def _average(row: dict[str, int]) -> int:
    return round(row.get("ms", 0) / max(row.get("ok", 0) + row.get("bad", 0), 1))

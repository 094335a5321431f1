"""Bar charts, drawn on the server as SVG by `_chart.html`; each goes with a table of the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, ROOM = 720, 140, 4  # units of the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, from the bottom: what went well, and on top of it what did not."""

    label: str
    good: int
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    bar: Bar
    x: float
    width: float
    good_y: float
    good_height: float
    bad_y: float
    bad_height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """`unit` says what one bar stands for, such as an hour."""

    title: str
    unit: str
    bars: Sequence[Bar]
    good: str
    bad: str = ""

    width, height = WIDTH, HEIGHT
    base = HEIGHT - ROOM

    @property
    def top(self) -> int:
        return max((bar.good + bar.bad for bar in self.bars), default=0)

    @property
    def first(self) -> str:
        return self.bars[0].label

    @property
    def last(self) -> str:
        return self.bars[-1].label

    @property
    def drawn(self) -> list[Drawn]:
        step, scale = WIDTH / len(self.bars), (self.base - ROOM) / max(self.top, 1)
        return [_draw(bar, number * step, step, scale, self.base) for number, bar in enumerate(self.bars)]


def _draw(bar: Bar, x: float, step: float, scale: float, base: int) -> Drawn:
    good, bad = bar.good * scale, bar.bad * scale
    width = step * 0.75
    return Drawn(bar, *(round(n, 2) for n in (x, width, base - good, good, base - good - bad, bad)))

"""Response times in few numbers: how many fell into each of some classes, from which shares are read off again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import zip_longest

BOUNDS = [5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 3000, 5000, 7500, 10_000, 15_000]
# Milliseconds: the upper ends of the classes. A time-out may be a little longer, and has a class of its own.


def bucket_counts(times: Iterable[int]) -> list[int]:
    """Return how many of the times (ms) fall into each class."""
    counts = [0] * (len(BOUNDS) + 1)
    for time in times:
        counts[bisect_left(BOUNDS, time)] += 1
    return counts


def merge(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a + b for a, b in zip_longest(one, other, fillvalue=0)]


def percentile(counts: Sequence[int], share: float, slowest: int) -> int:
    """Return within how many milliseconds so large a share came, to the precision of a class; `slowest` is exact."""
    wanted = sum(counts) * share
    lower = 0
    for count, upper in zip(counts, [*BOUNDS, slowest], strict=False):
        if count and wanted <= count:
            return min(round(lower + (upper - lower) * wanted / count), slowest)
        wanted -= count
        lower = upper
    return slowest

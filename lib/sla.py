"""The response time promised for requests, two working days, and how much of it is left.

Working time runs from Monday to Friday around the clock, in UTC; public holidays count as working days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _

RESPONSE_TIME = timedelta(days=2)  # of working time
SOON = timedelta(hours=12)
SATURDAY = 5


def due_after(start: datetime, left: timedelta = RESPONSE_TIME) -> datetime:
    """Return the moment at which so much working time has passed."""
    at = start
    while True:
        midnight = datetime.combine(at.date() + timedelta(days=1), time.min, at.tzinfo)
        if at.weekday() < SATURDAY:
            if at + left < midnight:
                return at + left
            left -= midnight - at
        at = midnight


def left_until(due: datetime, now: datetime) -> timedelta:
    """Return the working time between now and then; none where it is over."""
    at, left = now, timedelta()
    while at < due:
        midnight = datetime.combine(at.date() + timedelta(days=1), time.min, at.tzinfo)
        until = min(midnight, due)
        if at.weekday() < SATURDAY:
            left += until - at
        at = until
    return left


@dataclass(frozen=True, slots=True)
class SlaStatus:
    """How a request stands against the promise, as a word for its colour and as text."""

    level: Literal["ok", "warn", "bad", "muted"]
    text: str

    @classmethod
    def of(cls, due: datetime, now: datetime) -> SlaStatus:
        if due <= now:
            return cls("bad", _("overdue by %(time)s") % {"time": timesince(due, now, depth=2)})
        level: Literal["ok", "warn"] = "warn" if left_until(due, now) <= SOON else "ok"
        return cls(level, _("due in %(time)s") % {"time": timeuntil(due, now, depth=2)})

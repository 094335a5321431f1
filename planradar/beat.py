"""Celery's beat: goes on when the clock is moved back, and queues each task once however many beats run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry
from celery.schedules import schedule

from planradar.schedule_log import take_turn

CRONTAB_GAP = timedelta(hours=1)  # such tasks run once a day
LENIENCY = 0.8  # of an interval: beats do not tick at the same moment


class Scheduler(PersistentScheduler):
    """Celery's own would wait until the clock is again where it was, and every one of several would queue each task."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = self.app.now()
        entries = list(self.schedule.values())
        if any(entry.last_run_at and entry.last_run_at > now for entry in entries):
            for entry in entries:
                entry.last_run_at = now
            self._heap = None
        return float(super().tick(*args, **kwargs))

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, as the base class
        return super().apply_async(entry, *args, **kwargs) if take_turn(str(entry.task), _gap(entry)) else None


def _gap(entry: ScheduleEntry) -> timedelta:
    """Return for how long a task that was queued is not due to anybody."""
    every = entry.schedule
    return every.run_every * LENIENCY if isinstance(every, schedule) else CRONTAB_GAP  # type: ignore[attr-defined]

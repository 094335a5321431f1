"""What calls for the regular tasks: Celery's beat, which goes on when the clock is moved back."""

from __future__ import annotations

from typing import Any

from celery.beat import PersistentScheduler


class Scheduler(PersistentScheduler):
    """Celery's own would wait until the clock is again where it was."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = self.app.now()
        entries = list(self.schedule.values())
        if any(entry.last_run_at and entry.last_run_at > now for entry in entries):
            for entry in entries:
                entry.last_run_at = now
            self._heap = None
        return float(super().tick(*args, **kwargs))

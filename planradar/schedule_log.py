"""Which regular task was queued and finished when: one turn for all beats, and the sign of life of the workers."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import Task, signals
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

logger = logging.getLogger(__name__)


def take_turn(name: str, gap: timedelta) -> bool:
    """Tell whether this beat is the one that queues the task now."""
    if not connection.in_atomic_block:
        close_old_connections()
    try:
        return bool(_tasks().take_turn(name, timezone.now(), gap))
    except DatabaseError as error:
        logger.warning("The database gave no turn to %s (%s).", name, type(error).__name__)
        return False


@signals.task_success.connect
def note_success(sender: Task, **kwargs: object) -> None:
    _note(sender.name, finished_at=timezone.now(), error="")


@signals.task_failure.connect
def note_failure(sender: Task, exception: BaseException, **kwargs: object) -> None:
    _note(sender.name, failed_at=timezone.now(), error=type(exception).__name__)


def _note(name: str, **values: object) -> None:
    if not any(entry["task"] == name for entry in settings.CELERY_BEAT_SCHEDULE.values()):
        return
    try:
        _tasks().filter(name=name).update(**values)
    except DatabaseError as error:
        logger.warning("The end of %s was not noted (%s).", name, type(error).__name__)


def _tasks() -> Any:  # noqa: ANN401, the manager of a model that is not there yet when Celery loads this module
    return apps.get_model("planradar", "ScheduledTask").objects

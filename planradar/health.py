"""Whether the process lives, and whether the installation could serve a request and deliver what it makes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from planradar.models import ScheduledTask

SWEEP = "webhooks.tasks.sweep"  # goes through beat, broker and a worker every few seconds
SWEEP_IS_LATE_AFTER = timedelta(seconds=60)
BROKER_TIMEOUT = 1  # seconds
_known = {"migrated": False}  # a database does not become older


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "live"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    checks = {name: check() for name, check in CHECKS.items()}
    is_ready = all(found == "ok" for found in checks.values())
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", "checks": checks}, status=200 if is_ready else 503
    )


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "no answer"
    return "ok"


def migrations() -> str:
    try:
        if not _known["migrated"]:
            executor = MigrationExecutor(connection)
            _known["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown"
    return "ok" if _known["migrated"] else "run manage.py migrate"


def broker() -> str:
    if not settings.REDIS_URL:
        return "ok"
    options = {"socket_timeout": BROKER_TIMEOUT, "socket_connect_timeout": BROKER_TIMEOUT}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **options) as client:
            client.ping()
    except redis.RedisError:
        return "no answer"
    return "ok"


def sweep() -> str:
    """Tell whether beat and workers live."""
    try:
        task = ScheduledTask.objects.filter(name=SWEEP).first()
    except DatabaseError:
        return "unknown"
    if task is None or task.finished_at is None:
        return "has not run yet: start beat and workers"
    age = timezone.now() - task.finished_at
    if age < SWEEP_IS_LATE_AFTER:
        return "ok"
    idle = timezone.now() - task.queued_at
    who = "beat" if idle > SWEEP_IS_LATE_AFTER else "workers"
    return f"last finished {round(age.total_seconds())} s ago: look after the {who}"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "sweep": sweep,
}

"""What /health/ready finds: database, migrations, broker, and whether beat and workers live."""

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from planradar import health, schedule_log
from planradar.models import ScheduledTask
from webhooks.tasks import sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def swept(db):
    def swept(queued, finished):
        now = timezone.now()
        ago = [now - timedelta(seconds=seconds) for seconds in (queued, finished)]
        ScheduledTask.objects.create(name=health.SWEEP, queued_at=ago[0], finished_at=ago[1])

    return swept


def test_installation_that_works_is_ready(client, swept):
    swept(2, 3)

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


@pytest.mark.parametrize(("queued", "finished", "who"), [(90, 91, "beat"), (2, 91, "workers")])
def test_dead_beat_and_dead_workers_are_told_apart(client, swept, queued, finished, who):
    swept(queued, finished)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["sweep"].endswith(f"look after the {who}")


def test_installation_without_beat_is_not_ready(client):
    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["checks"]["sweep"]) == (
        503,
        "has not run yet: start beat and workers",
    )


def test_dead_broker_is_named(client, settings, swept):
    swept(2, 3)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["checks"]["broker"]) == (503, "no answer")


def test_one_of_several_beats_queues_a_task():
    gap = timedelta(seconds=4)

    assert [schedule_log.take_turn("a", gap), schedule_log.take_turn("a", gap), schedule_log.take_turn("b", gap)] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("shift", [timedelta(hours=-1), timedelta(hours=1)])
def test_turn_outlives_a_clock_that_moves(shift):
    now, gap = timezone.now(), timedelta(seconds=4)
    ScheduledTask.objects.take_turn("a", now, gap)

    assert ScheduledTask.objects.take_turn("a", now + shift, gap) is True


def test_end_of_a_task_is_noted():
    schedule_log.take_turn(health.SWEEP, timedelta(seconds=4))

    current_app.tasks[sweep.name].apply()

    assert health.sweep() == "ok"


def test_failure_of_a_task_is_noted():
    schedule_log.take_turn(health.SWEEP, timedelta(seconds=4))

    schedule_log.note_failure(current_app.tasks[sweep.name], ValueError("secret"))

    assert ScheduledTask.objects.get().error == "ValueError"

"""A clock that is moved by an hour: nothing is sent twice for it, and nothing waits for an hour."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.utils import timezone

from planradar.beat import Scheduler
from webhooks.engine import leases
from webhooks.engine.sweep import sweep
from webhooks.engine.wakeups import wake
from webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db
HOURS = [timedelta(hours=1), timedelta(hours=-1)]


@pytest.mark.parametrize("shift", HOURS)
def test_drain_that_lives_keeps_its_webhook(webhook, shift):
    leases.acquire_drain_lease(webhook.pk, uuid.uuid4(), timezone.now())

    assert leases.acquire_drain_lease(webhook.pk, uuid.uuid4(), timezone.now() + shift) is None


@pytest.mark.parametrize("shift", HOURS)
def test_webhook_of_a_dead_drain_is_taken_after_another_lease(webhook, shift):
    leases.acquire_drain_lease(webhook.pk, uuid.uuid4(), timezone.now())
    leases.acquire_drain_lease(webhook.pk, uuid.uuid4(), later := timezone.now() + shift)

    later += leases.LEASE + timedelta(seconds=1)
    assert leases.acquire_drain_lease(webhook.pk, uuid.uuid4(), later) == webhook


def test_delivery_from_before_is_due_within_a_lease(webhook, publish_event):
    publish_event(webhook)
    back = timezone.now() - timedelta(hours=1)

    with time_machine.travel(back, tick=False):
        sweep()

    assert Delivery.objects.due(back + leases.LEASE).count() == 1


def test_retry_keeps_its_time(webhook, publish_event):
    publish_event(webhook)
    later = timezone.now() + timedelta(minutes=30)
    Delivery.objects.update(attempt_count=3, next_attempt_at=later)

    sweep()

    assert Delivery.objects.get().next_attempt_at == later


def test_wake_up_from_before_holds_up_none(webhook, sent_tasks):
    Webhook.objects.update(wakeup_queued_at=timezone.now() + timedelta(hours=1))

    wake([webhook.pk])

    assert sent_tasks() == [(webhook.pk, "deliveries")]


def test_beat_goes_on(tmp_path):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        scheduler = Scheduler(current_app._get_current_object(), schedule_filename=str(tmp_path / "schedule"))
        scheduler.tick()
        clock.shift(timedelta(hours=-1))

        assert scheduler.tick() == pytest.approx(5, abs=0.1)
        scheduler.close()

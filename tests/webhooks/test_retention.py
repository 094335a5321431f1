from datetime import timedelta

import pytest
from django.utils import timezone

from webhooks.engine import jobs
from webhooks.engine.drain import drain
from webhooks.engine.retention import purge_expired
from webhooks.models import Attempt, Delivery, Event, Webhook
from webhooks.pages.ledger import ledger_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=31)


@pytest.fixture
def old(webhook, publish_event, receiver):
    """Let an event have happened 31 days ago, and be finished then if asked for."""

    def old(*, finished):
        delivery = publish_event(webhook)
        if finished:
            drain(webhook.pk, slow_lane=True)
            Delivery.objects.update(finished_at=LONG_AGO)
        Event.objects.update(created_at=LONG_AGO)
        Delivery.objects.update(created_at=LONG_AGO)
        return delivery

    return old


def test_finished_events_go_with_all_that_hangs_on_them(old):
    old(finished=True)

    assert purge_expired(NOW) == 1
    assert (Event.objects.count(), Delivery.objects.count(), Attempt.objects.count()) == (0, 0, 0)


def test_recent_events_stay(webhook, publish_event, receiver):
    publish_event(webhook)
    drain(webhook.pk, slow_lane=True)

    assert purge_expired(timezone.now()) == 0


def test_what_waits_stays_whatever_its_age(old):
    delivery = old(finished=False)

    assert purge_expired(NOW) == 0
    assert Delivery.objects.get() == delivery


def test_what_is_held_beyond_its_time_expires_first_and_goes_later(old, webhook):
    delivery = old(finished=False)
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())

    assert purge_expired(NOW) == 0
    delivery.refresh_from_db()
    assert (delivery.status, ledger_of(webhook).balances) == ("expired", True)
    assert purge_expired(NOW + timedelta(days=31)) == 1


def test_what_is_held_within_its_time_stays_held(webhook, publish_event):
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())
    webhook.refresh_from_db()
    delivery = publish_event(webhook)

    purge_expired(timezone.now() + timedelta(days=29))

    delivery.refresh_from_db()
    assert delivery.status == "held"

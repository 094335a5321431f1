import pytest
from django.db.models import Count
from django.utils import timezone

from webhooks.engine import jobs
from webhooks.engine.drain import drain
from webhooks.models import Delivery, Webhook
from webhooks.pages.ledger import Ledger, ledger_of

pytestmark = pytest.mark.django_db


def counted(webhook):
    """Count the rows themselves."""
    rows = dict(webhook.deliveries.values_list("status").annotate(Count("pk")).order_by())
    names = {"delivered": "delivered", "held": "held", "failed": "failed", "expired": "expired"}
    retrying = webhook.deliveries.filter(status="pending", attempt_count__gt=0).count()
    return Ledger(
        produced=sum(rows.values()),
        waiting=rows.get("pending", 0) - retrying,
        retrying=retrying,
        **{name: rows.get(status, 0) for name, status in names.items()},
    )


def test_new_webhook_has_an_empty_ledger(webhook):
    assert ledger_of(webhook) == Ledger(0, 0, 0, 0, 0, 0, 0)


def test_ledger_follows_every_fate(webhook, publish_event, receiver):
    for _ in range(7):
        publish_event(webhook)
    assert ledger_of(webhook) == counted(webhook) == Ledger(7, 0, 7, 0, 0, 0, 0)

    drain(webhook.pk, slow_lane=True)
    assert ledger_of(webhook) == counted(webhook) == Ledger(7, 7, 0, 0, 0, 0, 0)

    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    publish_event(webhook), publish_event(webhook)
    drain(webhook.pk, slow_lane=True)
    assert ledger_of(webhook) == counted(webhook) == Ledger(9, 7, 0, 2, 0, 0, 0)

    Delivery.objects.filter(status="pending").update(attempt_count=9, next_attempt_at=timezone.now())
    drain(webhook.pk, slow_lane=True)
    assert ledger_of(webhook) == counted(webhook) == Ledger(9, 7, 0, 0, 0, 2, 0)

    webhook.refresh_from_db()
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())
    publish_event(webhook), publish_event(webhook)
    assert ledger_of(webhook) == counted(webhook) == Ledger(11, 7, 0, 0, 2, 2, 0)

    jobs.switch_on(webhook, discard_before=timezone.now(), now=timezone.now())
    assert ledger_of(webhook) == counted(webhook) == Ledger(11, 7, 0, 0, 0, 2, 2)


def test_delivery_that_was_tried_and_vanished_shows(webhook, publish_event, receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    publish_event(webhook)
    drain(webhook.pk, slow_lane=True)
    Delivery.objects.all().delete()

    assert ledger_of(webhook).balances is False


def test_ledger_takes_one_query(webhook, publish_event, django_assert_num_queries):
    publish_event(webhook)

    with django_assert_num_queries(1):
        ledger_of(webhook)

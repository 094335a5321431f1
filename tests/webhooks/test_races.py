"""What happens to a webhook while something else happens to it."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from webhooks import services
from webhooks.engine import jobs, leases, retention
from webhooks.engine.drain import drain
from webhooks.engine.record import record
from webhooks.engine.sweep import sweep
from webhooks.http.outcome import DeliveryError, Outcome
from webhooks.models import Attempt, Delivery, Event, Header, SigningSecret, Webhook
from webhooks.pages.forms import WebhookForm
from webhooks.pages.header_forms import HeaderFormSet
from webhooks.pages.ledger import ledger_of

from .test_pages import form_of

pytestmark = pytest.mark.django_db
OK, NO = Outcome(error=None, duration_ms=1), Outcome(error=DeliveryError.SERVER, duration_ms=1, status_code=500)


@pytest.fixture
def in_flight(webhook, publish_event):
    """Let a delivery be on its way, as a worker that saw the webhook before anything else; return what ends it."""
    publish_event(webhook)
    lease, seen = uuid.uuid4(), Webhook.objects.get()
    [claimed] = leases.claim(seen, lease, timezone.now(), 1)
    return lambda outcome: record(seen, [(claimed, outcome)], lease, timezone.now())


def test_form_that_was_open_during_a_delivery_leaves_the_ledger_alone(webhook, account, in_flight):
    data = form_of(description="SAP", url=webhook.url)
    form, headers = (
        WebhookForm(data, instance=Webhook.objects.get(), account=account),
        HeaderFormSet(data, prefix="headers"),
    )
    in_flight(OK)

    assert form.is_valid()
    assert headers.is_valid()
    form.save_with(headers, now=timezone.now())

    webhook.refresh_from_db()
    assert (webhook.description, webhook.delivered_count, webhook.last_success_at is None) == ("SAP", 1, False)
    assert ledger_of(webhook).balances


@pytest.mark.parametrize(("outcome", "status"), [(OK, "delivered"), (NO, "held")])
def test_webhook_switched_off_during_a_delivery(webhook, in_flight, outcome, status):
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())

    in_flight(outcome)
    sweep()

    webhook.refresh_from_db()
    assert (webhook.state, Delivery.objects.get().status) == (Webhook.State.PAUSED, status)


def test_clean_record_of_a_webhook_switched_on_anew_is_kept(webhook, in_flight):
    Webhook.objects.update(consecutive_failures=9, first_failure_at=timezone.now() - timedelta(days=3))
    webhook.refresh_from_db()
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())
    jobs.switch_on(webhook, discard_before=timezone.now(), now=timezone.now())

    in_flight(NO)

    webhook.refresh_from_db()
    assert (webhook.consecutive_failures, webhook.is_failing) == (1, False)


def test_event_published_while_its_webhook_was_switched_on_is_sent(webhook, publish_event, receiver):
    webhook.state = Webhook.State.PAUSED  # as the publisher saw it
    delivery = publish_event(webhook)
    assert delivery.status == "held"

    sweep()
    drain(webhook.pk, slow_lane=True)

    delivery.refresh_from_db()
    assert delivery.status == "delivered"


@pytest.mark.parametrize("outcome", [OK, NO, Outcome(error=DeliveryError.CLIENT, duration_ms=1, status_code=410)])
def test_webhook_deleted_during_a_delivery_stays_deleted(webhook, in_flight, client_of, owner, outcome):
    client_of(owner).post(reverse("webhooks:webhook_delete", args=[webhook.pk]))

    in_flight(outcome)
    sweep()

    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.last_alert, webhook.failed_count) == (False, "", 0)
    assert client_of(owner).get(reverse("webhooks:webhook_detail", args=[webhook.pk])).status_code == 404


def test_deleted_webhook_forgets_its_secrets_at_once_and_its_rows_soon(
    make_webhook, publish_event, receiver, client_of, owner
):
    webhook = make_webhook(receiver.url_for("/hook"), basic_user="erp", basic_password="hush-1")
    Header.objects.create(webhook=webhook, name="X-Key", value="hush-2", is_hidden=True)
    publish_event(webhook)
    drain(webhook.pk, slow_lane=True)
    publish_event(webhook)

    client_of(owner).post(reverse("webhooks:webhook_delete", args=[webhook.pk]))
    webhook.refresh_from_db()
    assert (webhook.url, webhook.basic_user, webhook.basic_password) == ("", "", None)
    assert (Header.objects.count(), SigningSecret.objects.count()) == (0, 0)

    drain(webhook.pk, slow_lane=True)
    assert jobs.run_batch(webhook.pk, timezone.now()) is False
    assert (len(receiver.log), Delivery.objects.count()) == (1, 2)

    while jobs.run_batch(webhook.pk, timezone.now() + jobs.CLEAR_AFTER):
        pass
    assert (Webhook.objects.count(), Delivery.objects.count(), Attempt.objects.count()) == (0, 0, 0)
    assert Event.objects.count() == 2


def test_deleted_webhook_is_told_of_nothing(webhook, account):
    jobs.delete(webhook, timezone.now())

    assert Webhook.objects.subscribed_to("ticket.created", account, None) == []


def test_many_deliveries_of_a_deleted_webhook_go_in_batches(webhook, publish_event, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    for _ in range(5):
        publish_event(webhook)
    jobs.delete(webhook, timezone.now())
    later = timezone.now() + jobs.CLEAR_AFTER

    assert [(jobs.run_batch(webhook.pk, later), Delivery.objects.count()) for _ in range(4)] == [
        (True, 3),
        (True, 1),
        (True, 0),
        (False, 0),
    ]
    assert Webhook.objects.count() == 0


@pytest.fixture
def failing(webhook, publish_event):
    """Let the webhook fail, with something that waits for its next probe."""
    publish_event(webhook)
    ahead = timezone.now() + timedelta(hours=1)
    Webhook.objects.update(consecutive_failures=9, first_failure_at=timezone.now() - timedelta(days=1), probe_at=ahead)
    webhook.refresh_from_db()
    return webhook


def test_retry_after_puts_off_the_probe(failing):
    lease = uuid.uuid4()
    [claimed] = leases.claim(failing, lease, timezone.now(), 1)
    busy = Outcome(error=DeliveryError.SERVER, duration_ms=1, status_code=503, retry_after=4 * 3600)

    record(failing, [(claimed, busy)], lease, timezone.now())

    failing.refresh_from_db()
    assert failing.probe_at >= timezone.now() + timedelta(hours=3, minutes=59)


def test_retries_of_distinct_deliveries_make_a_webhook_failing(webhook, publish_event, receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    for _ in range(5):
        publish_event(webhook)
    Delivery.objects.update(attempt_count=1)  # an hour ago, before the last success

    drain(webhook.pk, slow_lane=True)

    webhook.refresh_from_db()
    assert webhook.is_failing


def test_one_delivery_that_fails_again_and_again_does_not(webhook, publish_event, receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    publish_event(webhook)

    for _ in range(7):
        Delivery.objects.update(next_attempt_at=timezone.now())
        drain(webhook.pk, slow_lane=True)

    webhook.refresh_from_db()
    assert (len(receiver.log), webhook.consecutive_failures) == (7, 1)


def test_event_sent_again_while_it_is_being_forgotten_stays(webhook, publish_event, receiver):
    delivery = publish_event(webhook)
    drain(webhook.pk, slow_lane=True)
    long_ago = timezone.now() - timedelta(days=31)
    Delivery.objects.update(finished_at=long_ago, created_at=long_ago)
    Event.objects.update(created_at=long_ago)
    services.redeliver(delivery=delivery)

    assert retention.purge_expired(timezone.now()) == 0
    assert Delivery.objects.filter(status="pending").count() == 1

"""What a person asks for goes out at once, as itself, and is no step of the back-off (design.md, section 7, no. 8)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from webhooks.engine.drain import drain
from webhooks.engine.sweep import sweep
from webhooks.models import Delivery, Webhook

from .test_pages import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_of, owner):
    return client_of(owner)


@pytest.fixture
def failing(webhook, publish_event):
    """Let the webhook fail, with something that waits, an hour before its next probe."""
    publish_event(webhook)
    ahead = timezone.now() + timedelta(hours=1)
    Webhook.objects.update(consecutive_failures=9, first_failure_at=timezone.now() - timedelta(days=1), probe_at=ahead)
    webhook.refresh_from_db()
    return webhook


@pytest.fixture
def refusing(receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    return receiver


def test_test_event_of_a_failing_webhook_is_sent_itself(failing, client, refusing, requests_of):
    waiting = failing.deliveries.get()

    client.post(reverse("webhooks:test_send", args=[failing.pk]))
    drain(failing.pk, slow_lane=True)

    assert [body["event"] for _, body in requests_of(refusing)] == ["webhook.test"]
    assert failing.deliveries.exclude(pk=waiting.pk).get().attempt_count == 1


def test_asking_twice_leaves_the_back_off_alone(failing, client, refusing):
    delivery = failing.deliveries.get()
    for _ in range(2):
        client.post(reverse("webhooks:delivery_redeliver", args=[failing.pk, delivery.pk]))
        drain(failing.pk, slow_lane=True)

    before = (failing.consecutive_failures, failing.probe_at)
    failing.refresh_from_db()
    assert (len(refusing.log), (failing.consecutive_failures, failing.probe_at)) == (2, before)


def test_success_by_hand_lets_the_rest_flow(failing, client, receiver):
    client.post(reverse("webhooks:test_send", args=[failing.pk]))

    drain(failing.pk, slow_lane=True)

    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}


def test_sent_again_is_marked(failing, client, refusing):
    delivery = failing.deliveries.get()

    page = client.post(reverse("webhooks:delivery_redeliver", args=[failing.pk, delivery.pk]), follow=True)

    assert "sent again" in page.content.decode()
    assert failing.deliveries.latest("pk").origin == Delivery.Origin.AGAIN


@pytest.mark.parametrize("act", ["retry", "save"])
def test_oldest_is_tried_at_once_on_request(failing, client, refusing, act, publish_event):
    publish_event(failing)
    oldest = failing.deliveries.earliest("pk")
    address = {"retry": "webhook_retry", "save": "webhook_edit"}[act]
    client.post(reverse(f"webhooks:{address}", args=[failing.pk]), form_of(url=failing.url))

    drain(failing.pk, slow_lane=True)

    tried = failing.deliveries.filter(attempt_count=1).get()
    probe_at = failing.probe_at
    failing.refresh_from_db()
    assert (tried.pk, len(refusing.log), failing.probe_at) == (oldest.pk, 1, probe_at)


def test_retry_with_nothing_waiting_says_so(webhook, client):
    page = client.post(reverse("webhooks:webhook_retry", args=[webhook.pk]), follow=True)

    assert "No event is waiting." in page.content.decode()


def test_sweep_wakes_for_what_was_asked_though_the_message_was_lost(failing, client, sent_tasks):
    client.post(reverse("webhooks:test_send", args=[failing.pk]))
    sent_tasks()
    Webhook.objects.update(wakeup_queued_at=None)

    sweep()

    assert sent_tasks() == [(failing.pk, "probes")]


def test_what_was_asked_for_goes_before_a_backlog(webhook, publish_event, client, receiver, requests_of):
    for _ in range(3):
        publish_event(webhook)
    client.post(reverse("webhooks:test_send", args=[webhook.pk]))

    drain(webhook.pk, slow_lane=True)

    assert next(body["event"] for _, body in requests_of(receiver)) == "webhook.test"
    assert len(receiver.log) == 4

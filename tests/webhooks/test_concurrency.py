"""As many in flight as the receiver takes, and as the owner allows."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from werkzeug import Response

from webhooks.engine import drain as engine
from webhooks.engine.concurrency import Concurrency
from webhooks.engine.drain import drain
from webhooks.http.outcome import DeliveryError, Outcome
from webhooks.models import Delivery, Webhook

GOOD = Outcome(None, 20, status_code=200)


def run(concurrency, outcome, times=1):
    for _ in range(times):
        concurrency.count_results(outcome, concurrency.limit)
    return concurrency.limit


def test_grows_by_up_to_eight_a_round_while_answers_are_good():
    concurrency = Concurrency(8, 64)

    assert [run(concurrency, GOOD, 8), run(concurrency, GOOD, 400)] == [14, 64]


def test_does_not_grow_where_not_all_of_it_is_used():
    concurrency = Concurrency(8, 64)

    concurrency.count_results(GOOD, 3, is_full=False)

    assert concurrency.limit == 8


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(DeliveryError.CLIENT, 20, status_code=429),
        Outcome(DeliveryError.SERVER, 20, status_code=503),
        Outcome(DeliveryError.TIMEOUT, 15_000),
    ],
)
def test_is_halved_once_for_what_was_on_its_way_together(outcome):
    concurrency = Concurrency(32, 64)

    assert [run(concurrency, outcome), run(concurrency, outcome, 30)] == [16, 16]
    assert run(concurrency, outcome, 3) == 8


def test_is_halved_when_answers_take_longer_and_longer():
    concurrency = Concurrency(16, 64)
    run(concurrency, GOOD, 10)

    assert run(concurrency, Outcome(None, 500, status_code=200), 10) < 20


def test_never_leaves_its_bounds():
    assert (Concurrency(50, 3).limit, Concurrency(0, 0).limit) == (3, 1)
    assert run(Concurrency(1, 4), Outcome(DeliveryError.TIMEOUT, 15_000), 9) == 1


@pytest.mark.django_db
def test_what_was_learned_is_remembered(webhook, publish_event, receiver):
    for _ in range(60):
        publish_event(webhook)

    drain(webhook.pk, slow_lane=True)

    webhook.refresh_from_db()
    assert 8 < webhook.concurrency <= 64


@pytest.mark.django_db
def test_owner_caps_what_is_in_flight(make_webhook, publish_event, raw_server):
    opened = []

    def answer(connection):
        opened.append(connection)
        while connection.recv(65536):
            time.sleep(0.01)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    webhook = make_webhook(raw_server(answer), max_in_flight=2)
    for _ in range(20):
        publish_event(webhook)

    drain(webhook.pk, slow_lane=True)

    assert (Delivery.objects.filter(status="delivered").count(), len(opened)) == (20, 2)


@pytest.mark.django_db
def test_owner_caps_what_is_sent_in_a_minute(make_webhook, publish_event, receiver):
    webhook = make_webhook(receiver.url_for("/hook"), max_per_minute=5)
    for _ in range(12):
        publish_event(webhook)

    drain(webhook.pk, slow_lane=True)
    drain(webhook.pk, slow_lane=True)

    webhook.refresh_from_db()
    now = timezone.now()
    assert (len(receiver.log), webhook.sends_left(now), webhook.sends_left(now + timedelta(seconds=62))) == (5, 0, 5)
    assert Delivery.objects.filter(status="pending", lease=None).count() == 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change", [{"state": "paused"}, {"url": "http://127.0.0.1:9/"}, {"deleted_at": timezone.now()}]
)
def test_nothing_more_goes_out_once_the_webhook_is_off_or_elsewhere(make_webhook, publish_event, httpserver, change):
    def answer(request):
        if len(httpserver.log) == 10:
            Webhook.objects.update(**change)
            connection.close()
        time.sleep(0.05)
        return Response("ok")

    httpserver.expect_request("/hook").respond_with_handler(answer)
    webhook = make_webhook(httpserver.url_for("/hook"), max_in_flight=2)
    for _ in range(40):
        publish_event(webhook)

    drain(webhook.pk, slow_lane=True)

    assert len(httpserver.log) <= 10 + 2 * 2
    held = Delivery.objects.filter(status="held").count()
    assert (Delivery.objects.filter(lease=None).count(), held > 0) == (40, "url" not in change)


@pytest.mark.django_db
def test_connections_are_kept_for_the_next_drain_of_the_same_webhook_alone(make_webhook, publish_event, raw_server):
    opened = []

    def answer(connection):
        opened.append(connection)
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    url = raw_server(answer)
    one, other = make_webhook(url), make_webhook(url)
    for webhook in (one, one, other, one):
        publish_event(webhook)
        drain(webhook.pk, slow_lane=True)

    assert len(opened) == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_is_recorded_though_the_database_fails_meanwhile(webhook, publish_event, receiver, monkeypatch):
    fails = [True]

    def is_unchanged(self):
        if fails:
            fails.clear()
            raise engine.OperationalError("the server went away")
        return True

    publish_event(webhook)
    publish_event(webhook)
    Webhook.objects.update(first_failure_at=timezone.now(), consecutive_failures=1)  # so that they go one by one
    monkeypatch.setattr(Webhook, "is_unchanged", is_unchanged)
    drain(webhook.pk, slow_lane=True)

    assert len(receiver.log) == Delivery.objects.filter(status="delivered").count()

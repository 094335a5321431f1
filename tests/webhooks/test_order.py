"""In order, per ticket: the next delivery of a ticket waits for the one before, other tickets flow on."""

import pytest
from django.utils import timezone
from werkzeug import Response

from webhooks.engine import jobs
from webhooks.engine.drain import drain
from webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def ordered(make_webhook, httpserver):
    return make_webhook(httpserver.url_for("/hook"), in_order=True)


def fail_first(httpserver):
    """Answer 500 to the first event of the ticket called stuck, 200 to the rest."""

    def answer(request):
        body = request.get_json()
        return Response("no", 500 if body["data"]["attributes"]["number"] == 0 else 200)

    httpserver.expect_request("/hook").respond_with_handler(answer)


def numbers(requests_of, httpserver):
    return [body["data"]["attributes"]["number"] for _, body in requests_of(httpserver)]


def test_next_of_a_ticket_waits_others_flow_on(ordered, publish_ticket, httpserver, requests_of):
    fail_first(httpserver)
    for number in (0, 1, 2):
        publish_ticket("stuck", number=number)
    publish_ticket("other", number=9)

    drain(ordered.pk, slow_lane=True)

    assert sorted(numbers(requests_of, httpserver)) == [0, 9]


def test_rest_of_a_ticket_follows_once_the_first_is_given_up(ordered, publish_ticket, httpserver, requests_of):
    fail_first(httpserver)
    for number in (0, 1, 2):
        publish_ticket("stuck", number=number)
    first = ordered.deliveries.earliest("pk")
    Delivery.objects.filter(pk=first.pk).update(attempt_count=9)

    drain(ordered.pk, slow_lane=True)

    assert numbers(requests_of, httpserver) == [0, 1, 2]
    first.refresh_from_db()
    assert first.status == "failed"


def test_one_ticket_is_sent_one_by_one_to_the_end(ordered, publish_ticket, httpserver, requests_of):
    httpserver.expect_request("/hook").respond_with_data("ok")
    for number in range(6):
        publish_ticket("one", number=number)

    drain(ordered.pk, slow_lane=True)

    assert numbers(requests_of, httpserver) == list(range(6))


def test_order_is_kept_while_what_was_held_is_released(ordered, publish_ticket, httpserver, requests_of, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 1)
    httpserver.expect_request("/hook").respond_with_data("ok")
    jobs.switch_off(ordered, Webhook.State.PAUSED, timezone.now())
    publish_ticket("one", number=0)
    publish_ticket("one", number=1)
    jobs.switch_on(ordered, discard_before=None, now=timezone.now())
    publish_ticket("one", number=2)

    drain(ordered.pk, slow_lane=True)
    while jobs.run_batch(ordered.pk, timezone.now()):
        drain(ordered.pk, slow_lane=True)
    drain(ordered.pk, slow_lane=True)

    assert numbers(requests_of, httpserver) == [0, 1, 2]


def test_others_pay_nothing_for_it(webhook, publish_event):
    assert publish_event(webhook).order_key == ""

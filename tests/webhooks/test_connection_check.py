from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from webhooks import services
from webhooks.engine.drain import drain
from webhooks.models import Delivery, Event
from webhooks.pages.connection_check import check

pytestmark = pytest.mark.django_db


def test_good_receiver_is_good_in_every_step(webhook, actor, receiver):
    steps = check(webhook, actor, timezone.now())

    assert [step.label for step in steps] == ["Address allowed", "Name found", "Connected", "HTTP answer"]
    assert {step.state for step in steps} == {"ok"}
    assert steps[-1].text == "HTTP 200"
    assert receiver.log[0][0].headers["webhook-signature"].startswith("v1,")
    assert Delivery.objects.count() == 0


def test_check_sends_what_a_test_event_sends_and_keeps_nothing(webhook, actor, receiver, requests_of):
    check(webhook, actor, timezone.now())
    checked = requests_of(receiver)[0][1]
    assert Event.objects.count() == 0

    services.send_test(webhook=webhook, actor=actor)
    drain(webhook.pk, slow_lane=True)

    sent = requests_of(receiver)[1][1]
    assert (checked.keys(), checked["data"], checked["event"]) == (sent.keys(), sent["data"], "webhook.test")


def test_refused_status_says_what_to_try(webhook, actor, receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("secret inside", status=401)

    last = check(webhook, actor, timezone.now())[-1]

    assert (last.state, last.text[:10]) == ("failed", "HTTP 401. ")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://10.0.0.1/", ["failed", "skipped", "skipped", "skipped"]),
        ("http://receiver.invalid/", ["ok", "failed", "skipped", "skipped"]),
        ("http://127.0.0.1:1/", ["ok", "ok", "failed", "skipped"]),
        ("https://127.0.0.1:1/", ["ok", "ok", "failed", "skipped", "skipped"]),
    ],
)
def test_check_stops_where_it_fails(make_webhook, actor, url, expected):
    assert [step.state for step in check(make_webhook(url), actor, timezone.now())] == expected


@pytest.mark.parametrize(
    ("days", "state", "says"),
    [(90, "ok", "The certificate ends in 90 days."), (13, "warn", "The certificate ends in 13 days.")],
)
def test_days_of_the_certificate_are_told(make_webhook, actor, https, days, state, says):
    server = https("localhost", not_after=timezone.now() + timedelta(days=days, hours=1))

    step = check(make_webhook(f"https://localhost:{server.port}/"), actor, timezone.now())[3]

    assert (step.label, step.state, step.text) == ("TLS", state, says)


def test_certificate_that_has_ended_fails_and_says_what_to_do(make_webhook, actor, https):
    server = https("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC))  # for OpenSSL, whose clock is the machine's

    step = check(make_webhook(f"https://localhost:{server.port}/"), actor, timezone.now())[3]

    assert (step.state, step.text[:27]) == ("failed", "The certificate has expired")


def test_page_shows_the_steps_after_a_post(webhook, client_of, owner):
    client, address = client_of(owner), reverse("webhooks:connection_check", args=[webhook.pk])

    assert client.get(address).context["steps"] == []
    assert len(client.post(address).context["steps"]) == 4

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from webhooks.engine import jobs
from webhooks.engine.drain import drain
from webhooks.models import Delivery, Webhook
from webhooks.pages.delivery_log import PER_PAGE, LogForm, LogPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner, client_of):
    return client_of(owner)


@pytest.fixture
def log_of(webhook):
    return lambda before=None, **query: LogPage(webhook, LogForm(query), before)


def test_pages_follow_one_another_without_gaps(webhook, publish_event, log_of):
    made = [publish_event(webhook).pk for _ in range(PER_PAGE + 5)]

    first = log_of()
    second = log_of(before=first.next_before)

    assert [d.pk for d in first.deliveries + second.deliveries] == made[::-1]
    assert second.next_before is None


def test_filters_narrow(webhook, publish_event, log_of, receiver):
    publish_event(webhook)
    drain(webhook.pk, slow_lane=True)
    waiting = publish_event(webhook)
    tomorrow = (timezone.now() + timedelta(days=1)).date()

    assert [d.pk for d in log_of(status="pending").deliveries] == [waiting.pk]
    assert len(log_of(event="ticket.created").deliveries) == 2
    assert log_of(event="ticket.deleted").deliveries == []
    assert log_of(from_date=tomorrow).deliveries == []
    assert len(log_of(to_date=tomorrow).deliveries) == 2


@pytest.mark.parametrize("query", [{"to_date": "9999-12-31"}, {"from_date": "0001-01-01"}])
def test_day_beyond_all_sense_is_told_beside_the_field(client, webhook, query):
    response = client.get(reverse("webhooks:webhook_detail", args=[webhook.pk]), query)

    assert (response.status_code, list(response.context["log"].form.errors)) == (200, list(query))


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_moment_beyond_all_sense_is_told_beside_the_field(client, webhook, owner, moment):
    owner.user.time_zone = "Asia/Tokyo"
    owner.user.save()
    recover = client.get(reverse("webhooks:webhook_recover", args=[webhook.pk]), {"since": moment})
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())
    address = reverse("webhooks:webhook_resume", args=[webhook.pk])
    resume = client.post(address, {"held": "since", "since": moment})

    assert ["since"] == list(recover.context["form"].errors) == list(resume.context["form"].errors)


def test_bad_filter_is_told_beside_the_field(client, webhook):
    address = reverse("webhooks:webhook_detail", args=[webhook.pk])

    response = client.get(address, {"from_date": "nonsense", "before": "9" * 40})

    assert response.context["log"].form.errors == {"from_date": ["Enter a valid date."]}


def test_part_of_the_page_asks_again_while_something_moves(client, webhook, publish_event, receiver):
    publish_event(webhook)
    address = reverse("webhooks:webhook_detail", args=[webhook.pk])

    moving = client.get(address, headers={"HX-Request": "true"}).content.decode()
    drain(webhook.pk, slow_lane=True)
    still = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert ('hx-trigger="every 2s"' in moving, 'hx-trigger="every 2s"' in still) == (True, False)
    assert "<html" not in moving


def test_delivery_that_is_looked_at_becomes_what_it_is(client, webhook, publish_event, receiver):
    delivery = publish_event(webhook)
    drain(webhook.pk, slow_lane=True)
    address = reverse("webhooks:delivery_detail", args=[webhook.pk, delivery.pk])

    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    page = client.get(address).content.decode()

    assert '<span id="delivery-status" hx-swap-oob="true"><span class="badge badge-ok">' in "".join(part.split("\n"))
    assert ("Signed string" in page, "hx-swap-oob" in page) == (True, False)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Sending shortly"),
        (
            {"consecutive_failures": 9, "probe_at": timezone.now() + timedelta(hours=1)},
            "Queued until the endpoint recovers",
        ),
    ],
)
def test_next_attempt_is_told_in_words(client, webhook, publish_event, fields, says):
    publish_event(webhook)
    Webhook.objects.update(**fields)

    page = client.get(reverse("webhooks:webhook_detail", args=[webhook.pk])).content.decode()

    assert says in page


def test_failure_says_why_in_the_row(client, webhook, publish_event, receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    publish_event(webhook)
    drain(webhook.pk, slow_lane=True)

    page = client.get(reverse("webhooks:webhook_detail", args=[webhook.pk])).content.decode()

    assert "HTTP 500" in page


@pytest.fixture
def failed(webhook, publish_event):
    def failed():
        delivery = publish_event(webhook)
        Delivery.objects.filter(pk=delivery.pk).update(status="failed", next_attempt_at=None)
        return delivery

    return failed


def test_recover_counts_first_then_sends_each_event_once(client, webhook, failed, publish_event):
    old, new = failed(), failed()
    Delivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3))
    publish_event(webhook)
    address = reverse("webhooks:webhook_recover", args=[webhook.pk])
    since = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert client.get(address, {"since": since}).context["count"] == 1

    client.post(address, {"since": since})
    client.post(address, {"since": since})

    statuses = webhook.deliveries.filter(event=new.event_id).order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["failed", "pending"]


def test_recover_needs_a_date(client, webhook):
    response = client.get(reverse("webhooks:webhook_recover", args=[webhook.pk]), {"since": "soon"})

    assert response.context["form"].errors == {"since": ["Enter a valid date/time."]}


def test_recover_of_many_takes_a_fixed_number_of_queries(webhook, failed, django_assert_max_num_queries):
    for _ in range(50):
        failed()

    with django_assert_max_num_queries(12):
        assert jobs.recover(webhook, since=timezone.now() - timedelta(days=1), now=timezone.now()).done == 50

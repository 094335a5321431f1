"""The webhook's form beyond the basics: authentication, conditions, caps, and what a backfill asks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from webhooks import events
from webhooks.engine import jobs
from webhooks.engine.drain import drain
from webhooks.models import Delivery, Webhook
from webhooks.pages.header_forms import HeaderFormSet

from .test_pages import errors_of, form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner, client_of):
    return client_of(owner)


@pytest.fixture
def create(client):
    return lambda *headers, **fields: client.post(reverse("webhooks:webhook_create"), form_of(*headers, **fields))


@pytest.fixture
def edit(client):
    def edit(webhook, *headers, **fields):
        return client.post(reverse("webhooks:webhook_edit", args=[webhook.pk]), form_of(*headers, **fields))

    return edit


@pytest.mark.parametrize(
    ("user", "password", "sent"),
    [("erp", "", "Basic ZXJwOg=="), ("", "hush", "Basic Omh1c2g="), ("erp", "hush", "Basic ZXJwOmh1c2g=")],
)
def test_basic_takes_an_empty_user_or_password(create, publish_event, receiver, user, password, sent):
    create(url=receiver.url_for("/hook"), authentication="basic", basic_user=user, basic_password=password)
    webhook = Webhook.objects.get()
    publish_event(webhook)

    drain(webhook.pk, slow_lane=True)

    assert receiver.log[0][0].headers["Authorization"] == sent


def test_bearer_token_is_sent_and_never_shown(create, client, publish_event, receiver):
    create(url=receiver.url_for("/hook"), authentication="bearer", bearer_token="hush-token")
    webhook = Webhook.objects.get()
    delivery = publish_event(webhook)
    drain(webhook.pk, slow_lane=True)

    pages = [
        client.get(reverse("webhooks:webhook_edit", args=[webhook.pk])),
        client.get(reverse("webhooks:webhook_detail", args=[webhook.pk])),
        client.get(reverse("webhooks:delivery_detail", args=[webhook.pk, delivery.pk])),
    ]
    assert receiver.log[0][0].headers["Authorization"] == "Bearer hush-token"
    assert ["hush-token" in page.content.decode() for page in pages] == [False] * 3


def test_other_schemes_come_by_the_header_itself(create, publish_event, receiver):
    create({"name": "Authorization", "value": "ApiKey 7"}, url=receiver.url_for("/hook"))
    webhook = Webhook.objects.get()
    publish_event(webhook)

    drain(webhook.pk, slow_lane=True)

    assert receiver.log[0][0].headers["Authorization"] == "ApiKey 7"


def test_header_beside_a_scheme_is_refused(create):
    response = create({"name": "Authorization", "value": "x"}, authentication="bearer", bearer_token="y")

    assert errors_of(response)["name"][0].startswith("The section Authentication sets this header.")
    assert Webhook.objects.count() == 0


def test_stored_token_is_kept_and_dropped_with_another_scheme(create, edit):
    create(authentication="bearer", bearer_token="hush-token")
    webhook = Webhook.objects.get()

    edit(webhook, authentication="bearer", description="SAP")
    webhook.refresh_from_db()
    assert (webhook.description, webhook.bearer) == ("SAP", "hush-token")

    edit(webhook, authentication="none")
    webhook.refresh_from_db()
    assert (webhook.bearer, webhook.bearer_token) == (None, None)


def test_stored_token_stays_with_its_receiver(create, edit):
    create(authentication="bearer", bearer_token="hush-token")
    webhook = Webhook.objects.get()
    moved = {"authentication": "bearer", "url": "http://127.0.0.1:10/hook"}

    assert "Token" in errors_of(edit(webhook, **moved))["url"][0]
    edit(webhook, **moved, drop_secrets="on")

    webhook.refresh_from_db()
    assert (webhook.url, webhook.authentication, webhook.bearer_token) == (moved["url"], "none", None)


def test_stored_password_can_be_deleted(create, edit):
    create(basic_user="erp", basic_password="hush")
    webhook = Webhook.objects.get()

    edit(webhook, basic_user="erp", no_password="on")

    webhook.refresh_from_db()
    assert webhook.basic == ("erp", "")


def test_conditions_and_caps_are_stored_as_plain_data_and_shown_again(create, client, member):
    create(
        statuses=["3", "5"], min_priority="2", assignees=[member.user_id], form_ids="a, b,a", in_order="on",
        max_in_flight="4", max_per_minute="60",
    )  # fmt: skip

    webhook = Webhook.objects.get()
    assert webhook.conditions == {
        "statuses": [3, 5],
        "min_priority": 2,
        "assignees": [member.user_id],
        "forms": ["a", "b"],
    }
    assert (webhook.in_order, webhook.max_in_flight, webhook.max_per_minute) == (True, 4, 60)
    form = client.get(reverse("webhooks:webhook_edit", args=[webhook.pk])).context["form"]
    assert (form["form_ids"].value(), form["statuses"].value(), form.has_conditions) == ("a, b", [3, 5], True)


def test_preview_counts_by_conditions(client, publish_ticket):
    for status in (1, 3, 3):
        publish_ticket("one", event_type=events.TICKET_UPDATED, state={"status": status, "changed": ["status-id"]})
    data = form_of(events=[events.TICKET_UPDATED], statuses=["3"])

    preview = client.post(reverse("webhooks:webhook_preview"), data).context["preview"]

    assert (preview.matching, preview.total) == (2, 3)


def test_webhook_with_conditions_is_told_of_what_meets_them(make_webhook, publish_ticket):
    webhook = make_webhook(conditions={"min_priority": 3})

    publish_ticket("low")
    high = publish_ticket("high", state={"priority": 3})

    assert [delivery.event_id for delivery in webhook.deliveries.all()] == [high.pk]


def test_backfill_is_counted_first_and_sent_by_conditions(client, make_webhook, publish_ticket):
    publish_ticket("low")
    publish_ticket("high", state={"priority": 3})
    webhook = make_webhook(conditions={"min_priority": 3})
    address = reverse("webhooks:webhook_backfill", args=[webhook.pk])
    since = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    assert client.get(address, {"since": since}).context["count"] == 1
    for _ in range(2):
        client.post(address, {"since": since, "per_minute": ""})

    assert [delivery.origin for delivery in webhook.deliveries.all()] == [Delivery.Origin.BACKFILL]


@pytest.mark.parametrize("given", [{"since": "soon"}, {"since": "2026-11-01T00:00", "per_minute": "0"}])
def test_bad_backfill_sends_nothing(client, make_webhook, publish_ticket, given):
    publish_ticket("one")
    webhook = make_webhook()

    response = client.post(reverse("webhooks:webhook_backfill", args=[webhook.pk]), given)

    assert (response.status_code, bool(response.context["form"].errors), webhook.deliveries.count()) == (200, True, 0)


def test_progress_of_a_job_is_on_the_page_until_it_ends(client, webhook, publish_event, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    for _ in range(4):
        publish_event(webhook)
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())
    address = reverse("webhooks:webhook_jobs", args=[webhook.pk])

    during = client.get(address).content.decode()
    while jobs.run_batch(webhook.pk, timezone.now()):
        pass
    after = client.get(address).content.decode()

    assert ('<progress max="100" value="50">' in during, "2 of 4" in " ".join(during.split())) == (True, True)
    assert ("every 2s" in during, "progress" in after) == (True, False)


def test_cap_says_what_it_means_for_the_backlog(client, make_webhook, publish_event):
    webhook = make_webhook(max_per_minute=1)
    for _ in range(3):
        publish_event(webhook)

    page = client.get(reverse("webhooks:webhook_detail", args=[webhook.pk])).content.decode()

    assert "At 1 a minute, the waiting events take about 3\xa0minutes." in " ".join(page.split(" "))


def test_nothing_failed_for_good_is_explained(client, webhook, publish_event):
    publish_event(webhook)
    address = reverse("webhooks:webhook_recover", args=[webhook.pk])

    page = client.get(address, {"since": "2026-01-01T00:00"}).content.decode()

    assert "1 event is still queued: it has not failed for good, and is sent by itself." in " ".join(page.split())


@pytest.mark.parametrize(
    ("fields", "scheme"),
    [
        ({"basic_user": "erp", "basic_password": "hush"}, "basic"),
        ({"basic_user": "", "basic_password": "hush"}, "basic"),
        ({"bearer_token": "hush-token"}, "bearer"),
        ({}, "none"),
    ],
)
def test_form_that_names_no_scheme_has_the_one_of_its_values(create, fields, scheme):
    create(authentication="", **fields)

    assert Webhook.objects.get().authentication == scheme


def test_fifty_one_headers_say_how_many_there_may_be(webhook):
    rows = {f"headers-{n}-{field}": value for n in range(51) for field, value in (("name", f"X-{n}"), ("value", "y"))}

    headers = HeaderFormSet(rows | {"headers-TOTAL_FORMS": 51, "headers-INITIAL_FORMS": 0}, prefix="headers")

    assert headers.non_form_errors() == ["A webhook can send at most 50 headers. Remove some of them."]

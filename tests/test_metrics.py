"""Who may read the figures, and that they are those of the engine."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from webhooks.models import Delivery, Event, Webhook

pytestmark = pytest.mark.django_db
TOKEN = {"Authorization": "Bearer figures-1"}


@pytest.fixture(autouse=True)
def _token(settings):
    settings.METRICS_TOKEN = "figures-1"


def figures_of(response):
    families = text_string_to_metric_families(response.content.decode())
    return {(s.name.removeprefix("planradar_"), *s.labels.values()): s.value for f in families for s in f.samples}


@pytest.fixture
def make(account):
    def make(**fields):
        return Webhook.objects.create(
            account=account, description="ERP", url="http://127.0.0.1:9/", events=[], **fields
        )

    return make


def test_figures_are_those_of_the_engine(client, account, make):
    webhook = make(delivered_count=7, failed_count=2)
    failing = make(consecutive_failures=9)
    make(state="paused"), make(state="disabled"), make(deleted_at=timezone.now(), delivered_count=99)
    event = Event.objects.create(account=account, type="ticket.created", body="{}")
    ago = timezone.now() - timedelta(seconds=90)
    Delivery.objects.create(event=event, webhook=webhook, next_attempt_at=ago)
    Delivery.objects.create(event=event, webhook=failing, next_attempt_at=ago - timedelta(hours=1))
    Delivery.objects.create(event=event, webhook=webhook, status="held", next_attempt_at=None)

    figures = figures_of(client.get("/metrics", headers=TOKEN))

    ages = {key: figures.pop(("oldest_due_seconds", key)) for key in ("healthy", "failing")}
    assert ages == {"healthy": pytest.approx(90, abs=5), "failing": pytest.approx(3690, abs=5)}
    assert figures == {
        ("deliveries", "pending"): 2,
        ("deliveries", "held"): 1,
        ("deliveries", "delivered"): 7,
        ("deliveries", "failed"): 2,
        ("deliveries", "expired"): 0,
        ("webhooks", "on"): 1,
        ("webhooks", "failing"): 1,
        ("webhooks", "off"): 1,
        ("webhooks", "disabled"): 1,
    }


def test_number_of_queries_is_fixed(client, make, django_assert_num_queries):
    for _ in range(20):
        make()

    with django_assert_num_queries(5):
        client.get("/metrics", headers=TOKEN)


@pytest.mark.parametrize(
    ("token", "headers", "address", "status"),
    [
        ("", {}, "127.0.0.1", 403),
        ("", {}, "::1", 403),
        ("", {}, "203.0.113.5", 403),
        ("", {}, "", 403),
        ("", {"X-Forwarded-For": "203.0.113.5"}, "127.0.0.1", 403),
        ("", {"Authorization": "Bearer "}, "203.0.113.5", 403),
        ("figures-1", {"Authorization": "Bearer figures-1"}, "203.0.113.5", 200),
        ("figures-1", {"Authorization": "Bearer figures-2"}, "203.0.113.5", 403),
        ("figures-1", {"Authorization": "Bearer żółw"}, "203.0.113.5", 403),
        ("figures-1", {}, "203.0.113.5", 403),
    ],
)
def test_figures_open_with_the_token(client, settings, token, headers, address, status):
    settings.METRICS_TOKEN = token

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "::1", 200),
        ({}, "203.0.113.5", 403),
        ({}, "", 403),
        ({"X-Forwarded-For": "203.0.113.5"}, "127.0.0.1", 403),
    ],
)
def test_figures_open_to_developers_on_this_machine(client, settings, headers, address, status):
    settings.DEBUG = True

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status

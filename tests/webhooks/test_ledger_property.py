"""Whatever happens in whatever order, the ledger balances after every step, and nothing is lost in the end."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webhooks import services
from webhooks.engine import jobs
from webhooks.engine.drain import drain
from webhooks.engine.sweep import sweep
from webhooks.models import Delivery, Webhook
from webhooks.pages.ledger import ledger_of

from .test_ledger import counted

pytestmark = pytest.mark.django_db
STEPS = ["publish", "publish", "drain", "off", "on", "discard", "batch", "sweep", "again"]


@pytest.fixture
def do(publish_event, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)

    def again(webhook):
        if delivery := webhook.deliveries.select_related("event", "webhook").first():
            services.redeliver(delivery=delivery)

    return {
        "publish": publish_event,
        "drain": lambda webhook: drain(webhook.pk, slow_lane=True),
        "off": lambda webhook: jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now()),
        "on": lambda webhook: jobs.switch_on(webhook, discard_before=None, now=timezone.now()),
        "discard": lambda webhook: jobs.switch_on(webhook, discard_before=timezone.now(), now=timezone.now()),
        "batch": lambda webhook: jobs.run_batch(webhook.pk, timezone.now()),
        "sweep": lambda webhook: sweep(),
        "again": again,
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=6, max_size=20))
def test_ledger_balances_after_every_step(make_webhook, receiver, do, steps):
    webhook = make_webhook(receiver.url_for("/hook"))

    for step in steps:
        webhook.refresh_from_db()
        do[step](webhook)
        ledger = ledger_of(webhook)
        assert ledger.balances, steps
        assert ledger == counted(webhook), steps


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=6, max_size=20))
def test_what_was_not_discarded_is_delivered_in_the_end(make_webhook, receiver, do, steps):
    webhook = make_webhook(receiver.url_for("/hook"))
    for step in [*steps, "on"]:
        webhook.refresh_from_db()
        do[step](webhook)

    while jobs.run_batch(webhook.pk, timezone.now()):
        pass
    sweep()
    drain(webhook.pk, slow_lane=True)

    assert set(webhook.deliveries.values_list("status", flat=True)) <= {"delivered", "expired"}
    assert Delivery.objects.filter(webhook=webhook, status="pending").count() == 0

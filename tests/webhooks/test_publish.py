import json

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Project
from lib.db import NotInTransactionError
from webhooks import events
from webhooks.engine import jobs, wakeups
from webhooks.engine.publish import publish
from webhooks.engine.sweep import sweep
from webhooks.models import Delivery, Event, Webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish_ticket(owner):
    """Publish that a ticket was created."""

    def publish_ticket(project=None):
        return publish(
            events.TICKET_CREATED,
            account=owner.account,
            project=project,
            actor=Actor(owner.user, via="token", token="ERP import", user_agent="ERP-Sync/2.1"),
            data={"id": "1", "type": "tickets", "attributes": {"subject": "Riß “x”"}},
        )

    return publish_ticket


@pytest.mark.django_db(transaction=True)
def test_refuses_to_run_outside_a_transaction(publish_ticket):
    with pytest.raises(NotInTransactionError):
        publish_ticket()

    assert Event.objects.count() == 0


def test_body_is_frozen_text_with_all_that_the_wire_format_names(publish_ticket, account, project):
    event = publish_ticket(project)

    body = json.loads(event.body)
    assert list(body) == [
        "id",
        "event",
        "event_name",
        "sequence",
        "created-at",
        "origin_user_agent",
        "account",
        "project",
        "actor",
        "data",
    ]
    assert (body["id"], body["event_name"], body["sequence"]) == (event.uid, "ticket.created", event.pk)
    assert body["origin_user_agent"] == "ERP-Sync/2.1"
    assert body["account"] == {"id": str(account.pk), "name": "Alpha"}
    assert body["project"] == {"id": str(project.pk), "name": "Tower"}
    assert (body["actor"]["via"], body["actor"]["token"]) == ("token", "ERP import")
    assert body["data"]["attributes"]["subject"] == "Riß “x”"


def test_goes_to_those_that_subscribe_and_to_no_other(publish_ticket, make_webhook, project, account):
    other_project = Project.objects.create(account=account, name="Bridge")
    everything, tower, bridge = make_webhook(), make_webhook(all_projects=False), make_webhook(all_projects=False)
    tower.projects.add(project)
    bridge.projects.add(other_project)
    make_webhook(events=[events.TICKET_DELETED])

    event = publish_ticket(project)

    assert set(event.deliveries.values_list("webhook", flat=True)) == {everything.pk, tower.pk}


def test_other_accounts_hear_nothing(publish_ticket, make_webhook, stranger):
    make_webhook(account=stranger.account)

    assert publish_ticket().deliveries.count() == 0


def test_paused_webhook_holds_the_delivery(publish_ticket, make_webhook):
    jobs.switch_off(make_webhook(), Webhook.State.PAUSED, timezone.now())

    assert publish_ticket().deliveries.get().status == "held"


@pytest.mark.parametrize("webhooks", [0, 1, 60])
def test_number_of_queries_is_fixed(publish_ticket, make_webhook, django_assert_num_queries, webhooks):
    for _ in range(webhooks):
        make_webhook()

    with django_assert_num_queries(5 if webhooks else 4):
        publish_ticket()


@pytest.mark.django_db(transaction=True)
def test_rollback_tells_nobody(publish_ticket, make_webhook):
    make_webhook()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish_ticket()
        raise ZeroDivisionError

    assert (Event.objects.count(), Delivery.objects.count()) == (0, 0)


def test_burst_wakes_once(publish_ticket, make_webhook, django_capture_on_commit_callbacks, sent_tasks):
    webhook = make_webhook()

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            publish_ticket()

    assert sent_tasks() == [(webhook.pk, "deliveries")]


def test_sweep_wakes_what_is_due_once_more_after_a_lost_message(publish_ticket, make_webhook, sent_tasks, time_machine):
    time_machine.move_to("2026-11-24T10:00:00Z", tick=False)
    webhook = make_webhook()
    publish_ticket()

    sweep()
    sweep()
    assert sent_tasks() == [(webhook.pk, "deliveries")]

    time_machine.shift(wakeups.WAKEUP_LOST_AFTER.total_seconds() + 1)
    sweep()
    assert sent_tasks() == [(webhook.pk, "deliveries")]


def test_sweep_holds_what_was_left_waiting_at_a_webhook_that_is_off(publish_ticket, make_webhook, sent_tasks):
    webhook = make_webhook()
    delivery = publish_ticket().deliveries.get()
    webhook.state = "paused"
    webhook.save()

    sweep()

    delivery.refresh_from_db()
    assert (delivery.status, sent_tasks()) == ("held", [])


def test_failing_webhook_has_its_turn_on_its_own_queue_when_its_probe_is_due(
    publish_ticket, make_webhook, sent_tasks, time_machine
):
    time_machine.move_to("2026-11-24T10:00:00Z", tick=False)
    webhook = make_webhook()
    webhook.consecutive_failures, webhook.first_failure_at = 5, webhook.created_at
    webhook.probe_at = webhook.created_at.replace(hour=11)
    webhook.save()
    publish_ticket()

    sweep()
    assert sent_tasks() == []

    time_machine.move_to("2026-11-24T11:00:01Z", tick=False)
    sweep()
    assert sent_tasks() == [(webhook.pk, "probes")]


@pytest.mark.django_db(transaction=True)
def test_wake_up_that_fails_breaks_nothing(publish_ticket, make_webhook):
    def fail(execute, sql, *rest):
        if sql.startswith("UPDATE") and "wakeup_queued_at" in sql:
            raise OperationalError("the server went away")
        return execute(sql, *rest)

    make_webhook()
    with connection.execute_wrapper(fail), transaction.atomic():
        event = publish_ticket()

    assert event.deliveries.get().status == "pending"

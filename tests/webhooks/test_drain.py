"""From waiting to recorded: claim, send, record, and what is learned about the receiver."""

import time
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from werkzeug import Response

from webhooks.engine import jobs, leases, sender
from webhooks.engine.drain import drain as drain_webhook
from webhooks.engine.record import record
from webhooks.http.outcome import DeliveryError, Outcome
from webhooks.models import Attempt, Delivery, Header, Webhook
from webhooks.models.health import SLOW

pytestmark = pytest.mark.django_db


def drain(pk):
    drain_webhook(pk, slow_lane=True)


def test_delivery_arrives_signed_and_is_recorded(webhook, publish_event, receiver, requests_of):
    delivery = publish_event(webhook, subject="Crack")

    drain(webhook.pk)

    [(headers, body)] = requests_of(receiver)
    delivery.refresh_from_db()
    assert body["data"]["attributes"] == {"subject": "Crack"}
    assert Verifier(webhook.secrets.get().value).verify(delivery.event.body, dict(headers)) == body
    assert (delivery.status, delivery.attempt_count, delivery.lease) == ("delivered", 1, None)
    assert delivery.attempts.get().status_code == 200


def test_basic_and_headers_are_sent_and_secret_ones_masked_in_the_log(make_webhook, publish_event, receiver):
    webhook = make_webhook(receiver.url_for("/hook"), basic_user="erp", basic_password="hush-1")
    Header.objects.create(webhook=webhook, name="X-Site", value="north")
    Header.objects.create(webhook=webhook, name="X-Key", value="hush-2", is_hidden=True)
    publish_event(webhook)

    drain(webhook.pk)

    request = receiver.log[0][0]
    assert request.authorization.password == "hush-1"
    assert (request.headers["X-Site"], request.headers["X-Key"]) == ("north", "hush-2")
    shown = Attempt.objects.get().request_head.splitlines()
    assert {"Authorization: Basic ••••••", "X-Site: north", "X-Key: ••••••"} < set(shown)


def test_failure_is_tried_again_with_the_same_id_and_bytes(webhook, publish_event, receiver):
    receiver.clear()
    receiver.expect_ordered_request("/hook").respond_with_data("no", status=500)
    receiver.expect_ordered_request("/hook").respond_with_data("ok")
    delivery = publish_event(webhook)

    drain(webhook.pk)
    Delivery.objects.update(next_attempt_at=timezone.now())
    drain(webhook.pk)

    first, second = (request for request, _ in receiver.log)
    delivery.refresh_from_db()
    assert (first.data, first.headers["webhook-id"]) == (second.data, second.headers["webhook-id"])
    assert (delivery.status, delivery.attempt_count) == ("delivered", 2)
    assert [attempt.error for attempt in delivery.attempts.all()] == ["http 5xx", ""]


def test_tenth_failure_is_the_last(webhook, publish_event, receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    delivery = publish_event(webhook)
    Delivery.objects.update(attempt_count=9)

    drain(webhook.pk)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt_count, delivery.next_attempt_at) == ("failed", 10, None)


def test_410_disables_at_once_and_holds_what_waits(webhook, publish_event, receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("gone", status=410)
    delivery = publish_event(webhook)

    drain(webhook.pk)

    webhook.refresh_from_db()
    delivery.refresh_from_db()
    assert (webhook.state, delivery.status) == (Webhook.State.DISABLED, "held")


def test_dead_receiver_gets_five_tries_then_one_probe_a_step(webhook, publish_event, receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("no", status=500)
    for _ in range(300):
        publish_event(webhook)

    drain(webhook.pk)
    tried = len(receiver.log)
    drain(webhook.pk)
    assert len(receiver.log) == tried <= 12  # five, and what was in flight beside them

    Webhook.objects.update(probe_at=timezone.now())
    drain(webhook.pk)

    assert len(receiver.log) == tried + 1
    assert Delivery.objects.filter(attempt_count=0, status="pending").count() == 300 - tried - 1


def test_first_success_lets_the_rest_flow_oldest_first(webhook, publish_event, receiver, requests_of):
    Webhook.objects.update(consecutive_failures=7, first_failure_at=timezone.now(), probe_at=timezone.now())
    for number in range(20):
        publish_event(webhook, number=number)

    drain(webhook.pk)
    drain(webhook.pk)

    webhook.refresh_from_db()
    numbers = [body["data"]["attributes"]["number"] for _, body in requests_of(receiver)]
    assert (webhook.consecutive_failures, webhook.first_failure_at, webhook.probe_at) == (0, None, None)
    assert (numbers[0], sorted(numbers)) == (0, list(range(20)))


def test_claim_of_a_dead_worker_is_due_again_after_its_lease(webhook, publish_event, receiver):
    publish_event(webhook)
    then = timezone.now()
    leases.claim(webhook, uuid.uuid4(), then, 10)

    assert leases.claim(webhook, uuid.uuid4(), timezone.now(), 10) == []
    assert len(leases.claim(webhook, uuid.uuid4(), then + leases.LEASE + timedelta(seconds=1), 10)) == 1


def test_lost_lease_writes_nothing(webhook, publish_event):
    delivery = publish_event(webhook)
    [claimed] = leases.claim(webhook, uuid.uuid4(), timezone.now(), 10)
    outcome = Outcome(error=None, duration_ms=1, status_code=200)

    record(webhook, [(claimed, outcome)], uuid.uuid4(), timezone.now())

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempt_count, Attempt.objects.count()) == ("pending", 0, 0)


def test_second_drain_leaves_the_webhook_to_the_first(webhook, publish_event, receiver):
    publish_event(webhook)
    first = uuid.uuid4()
    leases.acquire_drain_lease(webhook.pk, first, timezone.now())

    drain(webhook.pk)

    assert receiver.log == []
    assert leases.release_drain_lease(webhook.pk, first) is True


def test_wake_up_during_a_drain_is_not_lost(webhook):
    lease = uuid.uuid4()
    leases.acquire_drain_lease(webhook.pk, lease, timezone.now())
    Webhook.objects.update(wakeup_queued_at=timezone.now())

    assert leases.release_drain_lease(webhook.pk, lease) is False


def test_paused_webhook_sends_nothing_and_loses_nothing(webhook, publish_event, receiver):
    before = publish_event(webhook)
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())
    during = publish_event(webhook)

    drain(webhook.pk)
    assert receiver.log == []

    jobs.switch_on(webhook, discard_before=before.created_at, now=timezone.now())
    drain(webhook.pk)

    statuses = Delivery.objects.filter(pk__in=[before.pk, during.pk]).values_list("status", flat=True)
    assert list(statuses) == ["delivered", "delivered"]


def test_resume_discards_what_is_older_than_asked(webhook, publish_event):
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())
    old, new = publish_event(webhook), publish_event(webhook)

    jobs.switch_on(webhook, discard_before=new.created_at, now=timezone.now())

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status) == ("expired", "pending")


def test_drain_of_a_deleted_webhook_does_nothing():
    drain(4711)

    assert Attempt.objects.count() == 0


@pytest.mark.parametrize(("count", "queries"), [(50, 1), (199, 1), (450, 3)])
def test_queries_grow_with_batches_and_not_with_deliveries(
    webhook, publish_event, receiver, monkeypatch, django_assert_max_num_queries, count, queries
):
    monkeypatch.setattr("webhooks.engine.drain.TIME_SLICE", 600.0)
    monkeypatch.setattr(sender, "PERMIT", 60.0)
    monkeypatch.setattr(sender, "RECORD_AFTER", 60.0)
    first = publish_event(webhook)
    Delivery.objects.bulk_create(Delivery.of(first.event, webhook, timezone.now()) for _ in range(count - 1))

    with django_assert_max_num_queries(10 + 30 * queries):
        drain(webhook.pk)

    assert Delivery.objects.filter(status="delivered").count() == count


def test_receiver_that_failed_lately_is_handed_to_the_lane_of_probes(webhook, publish_event, receiver, sent_tasks):
    Webhook.objects.update(first_failure_at=timezone.now(), consecutive_failures=1)
    publish_event(webhook)

    drain_webhook(webhook.pk, slow_lane=False)

    assert (receiver.log, sent_tasks()) == ([], [(webhook.pk, "probes")])


def test_slow_receiver_is_handed_to_the_slow_lane_until_it_is_quick_again(webhook, publish_event, receiver, sent_tasks):
    def answer(request):
        time.sleep(SLOW / 1000 if len(receiver.log) < 10 else 0)
        return Response("ok")

    receiver.clear()
    receiver.expect_request("/hook").respond_with_handler(answer)
    for _ in range(40):
        publish_event(webhook)

    drain_webhook(webhook.pk, slow_lane=False)
    assert (len(receiver.log) <= 20, sent_tasks()) == (True, [(webhook.pk, "probes")])

    drain(webhook.pk)
    webhook.refresh_from_db()
    assert (Delivery.objects.open().count(), webhook.is_slow) == (0, False)


def test_healthy_receiver_is_served_where_nobody_may_wait(webhook, publish_event, receiver):
    publish_event(webhook)

    drain_webhook(webhook.pk, slow_lane=False)

    assert len(receiver.log) == 1


def test_secret_that_the_receiver_sends_back_is_masked(make_webhook, publish_event, httpserver):
    def echo(request):
        return Response(f"{request.headers['Authorization']} {request.headers['X-Key']}", headers={"X-Echo": "hush-2"})

    httpserver.expect_request("/hook").respond_with_handler(echo)
    webhook = make_webhook(httpserver.url_for("/hook"), basic_user="erp", basic_password="hush-1")
    Header.objects.create(webhook=webhook, name="X-Key", value="hush-2", is_hidden=True)
    publish_event(webhook)

    drain(webhook.pk)

    attempt = Attempt.objects.get()
    assert attempt.response_excerpt == "Basic •••••• ••••••"
    assert "hush" not in attempt.response_head


def test_webhook_deleted_while_it_is_drained_ends_quietly(webhook, publish_event, httpserver):
    httpserver.clear()
    httpserver.expect_request("/hook").respond_with_data("ok")
    delivery = publish_event(webhook)
    [claimed] = leases.claim(webhook, lease := uuid.uuid4(), timezone.now(), 10)
    delivery.webhook.delete()

    record(webhook, [(claimed, Outcome(error=None, duration_ms=1))], lease, timezone.now())

    assert Attempt.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_recording_is_tried_again_when_the_database_fails(webhook, publish_event, receiver):
    failures = [OperationalError("the server went away")]

    def fail_once(execute, sql, *rest):
        if failures and 'UPDATE "webhooks_webhook"' in sql:
            raise failures.pop()
        return execute(sql, *rest)

    delivery = publish_event(webhook)
    [claimed] = leases.claim(webhook, lease := uuid.uuid4(), timezone.now(), 10)
    sent = (claimed, Outcome(error=DeliveryError.SERVER, duration_ms=1, status_code=500))
    with connection.execute_wrapper(fail_once):
        record(webhook, [sent], lease, timezone.now())

    webhook.refresh_from_db()
    delivery.refresh_from_db()
    assert (failures, delivery.attempt_count, delivery.attempts.count(), webhook.consecutive_failures) == ([], 1, 1, 1)

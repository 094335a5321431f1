"""Work on many deliveries goes in batches, goes on after a crash, and leaves the ledger balanced at every moment."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from webhooks.engine import jobs
from webhooks.engine.drain import drain
from webhooks.engine.sweep import sweep
from webhooks.models import Delivery, Event, Job, Webhook
from webhooks.pages.ledger import ledger_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)


@pytest.fixture
def crowded(webhook, publish_event):
    for number in range(7):
        publish_event(webhook, number=number)
    return webhook


def statuses(webhook):
    return [delivery.status for delivery in webhook.deliveries.order_by("pk")]


def work(webhook, now=None):
    """Do the webhook's jobs to the end, and look at the ledger after each batch."""
    balanced = [ledger_of(webhook).balances]
    while jobs.run_batch(webhook.pk, now or timezone.now()):
        balanced.append(ledger_of(webhook).balances)
    assert all(balanced)
    return len(balanced)


def test_switching_off_holds_in_batches_and_sends_nothing_from_the_start(crowded, receiver):
    jobs.switch_off(crowded, Webhook.State.PAUSED, timezone.now())
    drain(crowded.pk, slow_lane=True)
    assert (receiver.log, statuses(crowded).count("held")) == ([], 2)

    work(crowded)

    assert (statuses(crowded), Job.objects.unfinished().count()) == (["held"] * 7, 0)


def test_switching_on_again_at_once_leaves_nothing_held(crowded):
    jobs.switch_off(crowded, Webhook.State.PAUSED, timezone.now())
    jobs.switch_on(crowded, discard_before=None, now=timezone.now())

    work(crowded)

    assert statuses(crowded) == ["pending"] * 7


def test_discarding_gives_up_all_before_anything_is_sent(crowded, publish_event, receiver):
    jobs.switch_off(crowded, Webhook.State.PAUSED, timezone.now())
    jobs.switch_on(crowded, discard_before=timezone.now(), now=timezone.now())
    later = publish_event(crowded)
    sweep()
    drain(crowded.pk, slow_lane=True)
    assert receiver.log == []

    work(crowded)

    crowded.refresh_from_db()
    later.refresh_from_db()
    assert (statuses(crowded)[:7], later.status, crowded.is_active) == (["expired"] * 7, "pending", True)
    assert crowded.expired_count == 7


def test_job_goes_on_after_a_crash(crowded, sent_tasks, monkeypatch):
    jobs.switch_off(crowded, Webhook.State.PAUSED, timezone.now())
    monkeypatch.setitem(jobs.BATCHES, Job.Kind.HOLD, lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.run(crowded.pk)
    monkeypatch.undo()

    lost = timezone.now() + timedelta(minutes=1)
    assert list(Job.objects.runnable(lost).values_list("webhook", flat=True)) == [crowded.pk]
    work(crowded)
    assert statuses(crowded) == ["held"] * 7


def test_job_that_moves_is_left_to_its_worker(crowded):
    jobs.switch_off(crowded, Webhook.State.PAUSED, timezone.now())

    assert Job.objects.runnable(timezone.now()).exists() is False


def test_recovering_sends_each_failed_event_once(crowded):
    crowded.deliveries.update(status="failed", next_attempt_at=None, finished_at=timezone.now(), attempt_count=10)
    Webhook.objects.update(attempted_count=7, failed_count=7)
    since = timezone.now() - timedelta(days=1)
    for _ in range(2):
        jobs.recover(crowded, since=since, now=timezone.now())

    work(crowded)

    again = crowded.deliveries.filter(origin=Delivery.Origin.AGAIN)
    assert list(again.order_by("pk").values_list("event", flat=True)) == list(
        Event.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_backfill_sends_what_happened_before_once_and_marked(make_webhook, crowded, receiver):
    new = make_webhook(receiver.url_for("/hook"))
    job = jobs.fill_back(new, since=timezone.now() - timedelta(days=1), per_minute=None, now=timezone.now())
    work(new)

    drain(new.pk, slow_lane=True)
    jobs.fill_back(new, since=timezone.now() - timedelta(days=1), per_minute=None, now=timezone.now())

    marks = [request.headers.get("webhook-backfill") for request, _ in receiver.log]
    assert (job.total, marks, new.deliveries.count()) == (7, ["true"] * 7, 7)


def test_backfill_keeps_to_its_pace(make_webhook, crowded):
    new = make_webhook()
    start = timezone.now()
    jobs.fill_back(new, since=start - timedelta(days=1), per_minute=12, now=start)
    assert new.deliveries.count() == 1

    counts = []
    for second in (1, 5, 9, 10, 15):
        now = start + timedelta(seconds=second)
        while Job.objects.runnable(now).exists() and jobs.run_batch(new.pk, now):
            pass
        counts.append(new.deliveries.count())

    assert counts == [1, 2, 2, 3, 4]


def test_backfill_sends_a_ticket_in_order(make_webhook, publish_ticket, receiver, requests_of):
    for number in range(4):
        publish_ticket("one", number=number)
    new = make_webhook(receiver.url_for("/hook"))
    jobs.fill_back(new, since=timezone.now() - timedelta(days=1), per_minute=None, now=timezone.now())
    work(new)

    drain(new.pk, slow_lane=True)

    sequences = [body["sequence"] for _, body in requests_of(receiver)]
    assert (len(sequences), sequences) == (4, sorted(sequences))

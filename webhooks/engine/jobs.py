"""Work on many deliveries: in batches of one short transaction each, so that a webhook is never locked for long.

A job is a row. Its first batch is done at once, the rest by a task that goes on where the last batch ended, whoever
did that one. The jobs of a webhook run one after another.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from webhooks.engine import backfill
from webhooks.engine.wakeups import wake_after_commit
from webhooks.models import Attempt, Delivery, Job, Webhook
from webhooks.models.delivery_queries import DeliveryQuerySet

RUN = "webhooks.tasks.run_jobs"  # by name, because that task's module imports this one
BATCH = 1000
TIME_SLICE = 10.0  # seconds, then others have their turn
PACE_STEP = timedelta(seconds=5)  # as often goes a backfill on that has a pace
CLEAR_AFTER = timedelta(minutes=10)  # when nobody can be publishing any more to a webhook that was deleted
logger = logging.getLogger(__name__)


def switch_off(webhook: Webhook, state: Webhook.State, now: datetime) -> None:
    """Hold what waits, and what happens from now on. What a worker is sending right now is left to it."""
    with transaction.atomic():
        webhook.jobs.filter(kind__in=[Job.Kind.HOLD, Job.Kind.RESUME]).cancel(now)
        webhook.switch_off(state)
        start(Job(webhook=webhook, kind=Job.Kind.HOLD, total=webhook.deliveries.waiting().count()), now)


def switch_on(webhook: Webhook, *, discard_before: datetime | None, now: datetime) -> None:
    """Send again. What is older than `discard_before` is given up first, and until then nothing is sent."""
    with transaction.atomic():
        webhook.jobs.filter(kind__in=[Job.Kind.HOLD, Job.Kind.RESUME]).cancel(now)
        if discard_before is None:
            webhook.switch_on()
        total = webhook.deliveries.open().count()
        start(Job(webhook=webhook, kind=Job.Kind.RESUME, total=total, until=discard_before), now)


def recover(webhook: Webhook, *, since: datetime, now: datetime) -> Job:
    """Send again every event that was given up since then."""
    newest = webhook.deliveries.order_by("-pk").values_list("pk", flat=True).first() or 0
    total = Delivery.objects.failed_since(webhook, since).count()
    return start(Job(webhook=webhook, kind=Job.Kind.RECOVER, total=total, since=since, last_pk=newest), now)


def fill_back(webhook: Webhook, *, since: datetime, per_minute: int | None, now: datetime) -> Job:
    """Send what happened since then, as far as the webhook is told of it now and was not then."""
    found = backfill.find(webhook, since)
    job = Job(webhook=webhook, kind=Job.Kind.BACKFILL, total=found.matching, since=since, per_minute=per_minute)
    job.last_pk = found.last_pk
    return start(job, now)


def delete(webhook: Webhook, now: datetime) -> None:
    """Send nothing more and erase the secrets now; delete the rows when nobody can be publishing any more."""
    with transaction.atomic():
        webhook.soft_delete(now)
        webhook.jobs.all().cancel(now)
        clear_later(webhook, now)


def clear_later(webhook: Webhook, now: datetime) -> None:
    total = webhook.deliveries.count()
    webhook.jobs.create(kind=Job.Kind.DELETE, total=total, created_at=now, not_before=now + CLEAR_AFTER)


def start(job: Job, now: datetime) -> Job:
    """Write the job down, do its first batch where no other job is before it, and queue the rest."""
    job.created_at = job.not_before = now
    with transaction.atomic():
        job.save()
        run_batch(job.webhook_id, now)
        job.refresh_from_db()
        if job.finished_at is None:
            transaction.on_commit(lambda: queue(job.webhook_id), robust=True)
    return job


def queue(webhook_id: int) -> None:
    """Let a worker go on. Never raises for a dead broker: the sweep queues it once more."""
    try:
        current_app.send_task(RUN, (webhook_id,), queue="upkeep", retry=False)
    except OperationalError as error:
        logger.warning("The broker took no job (%s); the sweep will send it.", type(error).__name__)


def run(webhook_id: int) -> None:
    """Work on the webhook's jobs, the oldest first, for one time slice at most."""
    ends = time.monotonic() + TIME_SLICE
    while run_batch(webhook_id, timezone.now()):
        if time.monotonic() > ends:
            return queue(webhook_id)


def run_batch(webhook_id: int, now: datetime) -> bool:
    """Do one batch of the webhook's oldest job; return whether there is more to do at once."""
    with transaction.atomic():
        jobs = Job.objects.unfinished().filter(webhook=webhook_id).order_by("pk")
        job = jobs.select_for_update(of=("self",), no_key=True).select_related("webhook").first()
        if job is None or job.finished_at or job.not_before > now:
            return False
        is_finished = BATCHES[Job.Kind(job.kind)](job, job.webhook, now)
        if job.pk is None:  # deleted with its webhook
            return False
        job.finished_at = now if is_finished else None
        job.worked_at = None if job.not_before > now else now
        job.save(update_fields=["done", "cursor", "not_before", "worked_at", "finished_at"])
    return is_finished or job.not_before <= now


def expire(webhook: Webhook, deliveries: DeliveryQuerySet, now: datetime) -> int:
    """Give up one batch of deliveries and book them; return how many."""
    with transaction.atomic():
        batch = deliveries.order_by("created_at", "pk").batch(BATCH)
        untried = batch.filter(attempt_count=0).count()
        expired = batch.expire(now)
        if expired:
            webhook.book_expired(expired=expired, untried=untried)
    return expired


def _hold(job: Job, webhook: Webhook, now: datetime) -> bool:
    held = webhook.deliveries.waiting().order_by("next_attempt_at", "pk").batch(BATCH).hold()
    job.done += held
    return held < BATCH


def _resume(job: Job, webhook: Webhook, now: datetime) -> bool:
    """Give up what is too old, then switch on, then let go of the rest, the oldest first."""
    if job.until and not webhook.is_active:
        unsent = webhook.deliveries.open().filter(lease=None, created_at__lt=job.until)
        expired = expire(webhook, unsent, now)
        job.done += expired
        if expired == BATCH:
            return False
        webhook.switch_on()
    released = webhook.deliveries.held().order_by("created_at", "pk").batch(BATCH).release(now)
    job.done += released
    wake_after_commit([webhook])
    return released < BATCH


def _recover(job: Job, webhook: Webhook, now: datetime) -> bool:
    failed = Delivery.objects.failed_since(webhook, job.since or now).filter(pk__gt=job.cursor, pk__lte=job.last_pk)
    batch = list(failed.select_related("event").only("event__ticket", "webhook").order_by("pk")[:BATCH])
    new = [Delivery.of(one.event, webhook, now, origin=Delivery.Origin.AGAIN) for one in batch]
    Delivery.objects.bulk_create(new)
    wake_after_commit([webhook])
    job.done += len(batch)
    job.cursor = batch[-1].pk if batch else job.last_pk
    return len(batch) < BATCH


def _fill_back(job: Job, webhook: Webhook, now: datetime) -> bool:
    """Put the next events on their way; with a pace, as many as it allows until the next step."""
    limit = BATCH
    if job.per_minute:
        limit = max(round(job.per_minute * PACE_STEP.total_seconds() / 60), 1)
        job.not_before = now + PACE_STEP * max(1, 60 / PACE_STEP.total_seconds() / job.per_minute)
    events, job.cursor = backfill.next_events(webhook, since=job.since or now, after=job.cursor, limit=limit)
    events = [event for event in events if event.pk <= job.last_pk]
    Delivery.objects.bulk_create(Delivery.of(event, webhook, now, origin=Delivery.Origin.BACKFILL) for event in events)
    wake_after_commit([webhook])
    job.done += len(events)
    return job.cursor >= job.last_pk


def _delete(job: Job, webhook: Webhook, now: datetime) -> bool:
    """Delete the rows of a webhook that its owner deleted, and in the end itself."""
    batch = list(webhook.deliveries.values_list("pk", flat=True)[:BATCH])
    if not batch:
        webhook.delete()
        job.pk = None
        return True
    Attempt.objects.filter(delivery__in=batch).delete()
    Delivery.objects.filter(pk__in=batch).delete()
    job.done += len(batch)
    return False


BATCHES = {
    Job.Kind.HOLD: _hold,
    Job.Kind.RESUME: _resume,
    Job.Kind.RECOVER: _recover,
    Job.Kind.BACKFILL: _fill_back,
    Job.Kind.DELETE: _delete,
}

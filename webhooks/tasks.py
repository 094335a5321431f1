from celery import shared_task
from django.utils import timezone

from webhooks.engine import jobs, retention, wakeups
from webhooks.engine.drain import drain as drain_webhook
from webhooks.engine.sweep import sweep as sweep_all


@shared_task(name=wakeups.DRAIN)
def drain(webhook_id: int, slow_lane: bool) -> None:
    drain_webhook(webhook_id, slow_lane=slow_lane)


@shared_task(name=jobs.RUN)
def run_jobs(webhook_id: int) -> None:
    jobs.run(webhook_id)


@shared_task(name="webhooks.tasks.retain")
def retain() -> None:
    retention.purge_expired(timezone.now())


@shared_task(name="webhooks.tasks.sweep")
def sweep() -> None:
    sweep_all()

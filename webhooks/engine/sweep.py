"""The sweep: every few seconds, find what was left over, and wake its webhook or job."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from webhooks.engine import alerts, jobs, leases
from webhooks.engine.wakeups import wake
from webhooks.models import Delivery, Job


def sweep() -> None:
    """Wake every webhook with something due: lost messages, retries, probes and expired leases alike."""
    now = timezone.now()
    with transaction.atomic():
        Delivery.objects.pending_on_inactive(now).batch(jobs.BATCH).hold()
        Delivery.objects.held_on_active().batch(jobs.BATCH).release(now)
    leases.reschedule_after_clock_jump(now)
    for webhook_id in Job.objects.runnable(now).values_list("webhook", flat=True).distinct():
        jobs.queue(webhook_id)
    wake(list(Delivery.objects.webhooks_with_due(now).values_list("pk", flat=True)))
    alerts.check_failing(now)  # last: where it fails for one webhook, all are awake

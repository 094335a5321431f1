"""Waking: telling the workers that a webhook has something to send. A lost message costs a few seconds."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from webhooks.models import Webhook

DRAIN = "webhooks.tasks.drain"  # by name, because that task's module imports this one
DELIVERIES, PROBES = "deliveries", "probes"  # the queues
WAKEUP_LOST_AFTER = timedelta(seconds=30)  # after which a wake-up that nobody acted on counts as lost
logger = logging.getLogger(__name__)


def wake(webhook_ids: Collection[int], *, force: bool = False) -> None:
    """Queue one drain for each webhook that has none queued yet. Never raises for a dead broker.

    A webhook whose receiver failed lately or is slow has its turn on a queue of its own, where it holds up nobody.
    """
    now = timezone.now()
    with transaction.atomic():
        asleep = Q()
        if not force:
            in_time = (now - WAKEUP_LOST_AFTER, now + WAKEUP_LOST_AFTER)
            asleep = Q(wakeup_queued_at=None) | ~Q(wakeup_queued_at__range=in_time)
        webhooks = Webhook.objects.filter(asleep, pk__in=webhook_ids)
        woken = list(webhooks.order_by("pk").select_for_update(no_key=True).only("first_failure_at", "is_slow"))
        Webhook.objects.filter(pk__in=[webhook.pk for webhook in woken]).update(wakeup_queued_at=now)
    try:
        for webhook in woken:
            queue = PROBES if webhook.uses_slow_lane else DELIVERIES
            current_app.send_task(DRAIN, (webhook.pk, webhook.uses_slow_lane), queue=queue, retry=False)
    except OperationalError as error:
        logger.warning("The broker took no wake-up (%s); the sweep will send it.", type(error).__name__)
        Webhook.objects.filter(pk__in=[webhook.pk for webhook in woken]).update(wakeup_queued_at=None)


def wake_after_commit(webhooks: Collection[Webhook]) -> None:
    if ids := [webhook.pk for webhook in webhooks if webhook.is_active]:
        transaction.on_commit(lambda: wake(ids), robust=True)

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

from webhooks.engine import alerts, leases
from webhooks.models import Delivery, Webhook

DRAIN = "webhooks.tasks.drain"  # by name, because that task's module imports this one
DELIVERIES, PROBES = "deliveries", "probes"  # the queues
STALE = timedelta(seconds=30)  # after which a wake-up that nobody acted on counts as lost
logger = logging.getLogger(__name__)


def wake(webhook_ids: Collection[int], *, even_if_woken: bool = False) -> None:
    """Queue one drain for each webhook that has none queued yet. Never raises for a dead broker.

    A webhook whose receiver failed lately or is slow has its turn on a queue of its own, where it holds up nobody.
    """
    now = timezone.now()
    with transaction.atomic():
        asleep = Q() if even_if_woken else Q(woken_at=None) | ~Q(woken_at__range=(now - STALE, now + STALE))
        webhooks = Webhook.objects.filter(asleep, pk__in=webhook_ids)
        woken = list(webhooks.order_by("pk").select_for_update(no_key=True).only("failing_since", "is_slow"))
        Webhook.objects.filter(pk__in=[webhook.pk for webhook in woken]).update(woken_at=now)
    try:
        for webhook in woken:
            queue = PROBES if webhook.may_keep_waiting else DELIVERIES
            current_app.send_task(DRAIN, (webhook.pk, webhook.may_keep_waiting), queue=queue, retry=False)
    except OperationalError as error:
        logger.warning("The broker took no wake-up (%s); the sweep will send it.", type(error).__name__)
        Webhook.objects.filter(pk__in=[webhook.pk for webhook in woken]).update(woken_at=None)


def sweep() -> None:
    """Wake every webhook with something due: lost messages, retries, probes and expired leases alike."""
    now = timezone.now()
    Delivery.objects.left_waiting(now).update(status=Delivery.Status.HELD, next_attempt_at=None, lease=None)
    Delivery.objects.left_held().update(status=Delivery.Status.PENDING, next_attempt_at=now)
    leases.bring_forward(now)
    alerts.review(now)
    wake(list(Delivery.objects.webhooks_with_due(now).values_list("pk", flat=True)))

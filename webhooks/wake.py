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

from webhooks.models import Delivery, Webhook

DRAIN = "webhooks.tasks.drain"  # by name, because that task's module imports this one
STALE = timedelta(seconds=30)  # after which a wake-up that nobody acted on counts as lost
logger = logging.getLogger(__name__)


def wake(webhook_ids: Collection[int]) -> None:
    """Queue one drain for each webhook that has none queued yet. Never raises for a dead broker."""
    now = timezone.now()
    with transaction.atomic():
        asleep = Webhook.objects.filter(Q(woken_at=None) | Q(woken_at__lt=now - STALE), pk__in=webhook_ids)
        woken = list(asleep.select_for_update(of=("self",)).values_list("pk", flat=True))
        Webhook.objects.filter(pk__in=woken).update(woken_at=now)
    for pk in woken:
        try:
            current_app.send_task(DRAIN, (pk,), retry=False)
        except OperationalError as error:
            logger.warning("The broker took no wake-up (%s); the sweep will send it.", error)
            Webhook.objects.filter(pk__in=woken).update(woken_at=None)
            return


def sweep() -> None:
    """Wake every webhook with due deliveries: new ones whose message was lost, retries, and expired leases."""
    due = Delivery.objects.due(timezone.now()).order_by().values_list("webhook_id", flat=True).distinct()
    wake(list(due))

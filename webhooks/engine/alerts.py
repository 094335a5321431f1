"""Telling the owner of a receiver that fails: after an hour, a day before the end, at the end, and on recovery.

Each once per incident: `Webhook.last_alert` says how far it is, and is moved on by a conditional update.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import mail
from accounts.audit import log as audit_log
from lib.each_row import each_row
from webhooks.engine import jobs
from webhooks.models import Delivery, Webhook
from webhooks.models.webhook import DISABLE_AFTER, WARN_BEFORE
from webhooks.models.webhook_queries import WebhookQuerySet

logger = logging.getLogger(__name__)
NOTIFY_AFTER = timedelta(hours=1)


def check_failing(now: datetime) -> None:
    """Tell of, and in the end disable, the webhooks whose receivers have been failing too long."""
    failing = Delivery.objects.webhooks_waiting().first_failure_before(now - NOTIFY_AFTER)
    each_row(failing, lambda webhook: _check_one(failing.filter(pk=webhook.pk), now), logger)


@transaction.atomic
def _check_one(failing: WebhookQuerySet, now: datetime) -> None:
    webhook = failing.select_for_update(of=("self",), no_key=True).first()
    if webhook is None or webhook.first_failure_at is None:
        return  # it has recovered just now
    if now < webhook.first_failure_at + DISABLE_AFTER - WARN_BEFORE:
        _notify_once(webhook, Webhook.Alert.FAILING, "webhook_failing")
    elif webhook.warned_at is None:
        webhook.warn(now)
        _notify_once(webhook, Webhook.Alert.LAST_WARNING, "webhook_last_warning")
    elif webhook.disable_at and now >= webhook.disable_at:
        jobs.switch_off(webhook, Webhook.State.DISABLED, now)
        notify_disabled(webhook, is_gone=False)


def notify_disabled(webhook: Webhook, *, is_gone: bool) -> None:
    reason = {"reason": "410" if is_gone else "no success for 5 days"}
    audit_log.record(
        "webhook.disabled", account=webhook.account, actor=None, subject=webhook.description, detail=reason
    )
    _notify_once(webhook, Webhook.Alert.DISABLED, "webhook_disabled", is_gone=is_gone)


def notify_recovered(webhook: Webhook) -> None:
    """Tell that it works again, if the owner was told that it did not."""
    if webhook.last_alert:
        _notify_once(webhook, Webhook.Alert.NOTHING, "webhook_recovered")


def _notify_once(webhook: Webhook, alert: Webhook.Alert, template: str, **context: object) -> None:
    if not Webhook.objects.filter(pk=webhook.pk).exclude(last_alert=alert).update(last_alert=alert):
        return
    webhook.last_alert = alert
    owner = webhook.account.owner
    if owner is not None:
        facts = {
            "webhook": webhook,
            "link": mail.link(reverse("webhooks:webhook_detail", args=[webhook.pk]), webhook.account),
            "disable_at": webhook.disable_at,
            "retention_days": settings.WEBHOOK_RETENTION_DAYS,
        }
        mail.send(template, to=owner.user, context=facts | context)

"""Telling the owner of a receiver that fails: after an hour, a day before the end, at the end, and on recovery.

Each once per incident: `Webhook.told` says how far it is, and is moved on by a conditional update.
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
from webhooks.models.webhook import DISABLE_AFTER, WARN_BEFORE, WebhookQuerySet

logger = logging.getLogger(__name__)
TELL_AFTER = timedelta(hours=1)


def review(now: datetime) -> None:
    """Tell of, and in the end disable, the webhooks whose receivers have been failing too long."""
    failing = Delivery.objects.webhooks_waiting().failing_since_before(now - TELL_AFTER)
    each_row(failing, lambda webhook: _review_one(failing.filter(pk=webhook.pk), now), logger)


@transaction.atomic
def _review_one(failing: WebhookQuerySet, now: datetime) -> None:
    webhook = failing.select_for_update(of=("self",), no_key=True).first()
    if webhook is None or webhook.failing_since is None:
        return  # it has recovered just now
    if now < webhook.failing_since + DISABLE_AFTER - WARN_BEFORE:
        _tell_once(webhook, Webhook.Told.FAILING, "webhook_failing")
    elif webhook.warned_at is None:
        webhook.warn(now)
        _tell_once(webhook, Webhook.Told.LAST_WARNING, "webhook_last_warning")
    elif webhook.disable_at and now >= webhook.disable_at:
        jobs.switch_off(webhook, Webhook.State.DISABLED, now)
        tell_disabled(webhook, is_gone=False)


def tell_disabled(webhook: Webhook, *, is_gone: bool) -> None:
    reason = {"reason": "410" if is_gone else "no success for 5 days"}
    audit_log.record(
        "webhook.disabled", account=webhook.account, actor=None, subject=webhook.description, detail=reason
    )
    _tell_once(webhook, Webhook.Told.DISABLED, "webhook_disabled", is_gone=is_gone)


def tell_recovered(webhook: Webhook) -> None:
    """Tell that it works again, if the owner was told that it did not."""
    if webhook.told:
        _tell_once(webhook, Webhook.Told.NOTHING, "webhook_recovered")


def _tell_once(webhook: Webhook, told: Webhook.Told, template: str, **context: object) -> None:
    if not Webhook.objects.filter(pk=webhook.pk).exclude(told=told).update(told=told):
        return
    webhook.told = told
    owner = webhook.account.owner
    if owner is not None:
        facts = {
            "webhook": webhook,
            "link": mail.link(reverse("webhooks:webhook_detail", args=[webhook.pk]), webhook.account),
            "disable_at": webhook.disable_at,
            "retention_days": settings.WEBHOOK_RETENTION_DAYS,
        }
        mail.send(template, to=owner.user, context=facts | context)

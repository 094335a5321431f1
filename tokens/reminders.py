"""Mails before a token ends, and when it has: 30, 7 and 1 days before and at the end, once each."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts import mail
from accounts.audit import log as audit_log
from accounts.rights import may_use_api
from lib.each_row import each_row
from tokens.audit_snapshot import subject_of
from tokens.models import PersonalAccessToken

STEPS = [0, 1, 7, 30]  # days before the end
logger = logging.getLogger(__name__)
TOLD_AFTER = timedelta(days=7)  # an end that long ago is news to nobody


def send_due(now: datetime) -> None:
    ending = PersonalAccessToken.objects.filter(
        expires_at__gt=now - TOLD_AFTER,
        expires_at__lte=now + timedelta(days=STEPS[-1]),
        revoked_at=None,
        superseded_at=None,
    )
    each_row(ending.with_people().order_by("pk"), partial(_remind_if_due, now=now), logger)


def _remind_if_due(token: PersonalAccessToken, *, now: datetime) -> None:
    step = step_of(token, now)
    if step is not None and may_use_api(token.membership):
        _remind(token, step)


def step_of(token: PersonalAccessToken, now: datetime) -> int | None:
    """Return which reminder a token is at, in days before its end; none that its whole life is too short for."""
    if token.expires_at is None:
        return None
    left = token.expires_at - now
    step = next((days for days in STEPS if left <= timedelta(days=days)), None)
    if step is None or token.expires_at - token.created_at <= timedelta(days=step):
        return None
    return step


def _remind(token: PersonalAccessToken, step: int) -> None:
    unsent = Q(reminded_days=None) | Q(reminded_days__gt=step)
    with transaction.atomic():
        audit_log.lock(token.account)
        if not PersonalAccessToken.objects.filter(unsent, pk=token.pk).update(reminded_days=step):
            return
        links = {
            "link": mail.link(reverse("tokens:token_detail", args=[token.pk]), token.account),
            "rotate_link": mail.link(reverse("tokens:token_rotate", args=[token.pk]), token.account),
            "create_link": mail.link(reverse("tokens:token_create"), token.account),
        }
        if not step:
            audit_log.record("token.expired", account=token.account, actor=None, subject=subject_of(token))
        template = "token_expires" if step else "token_expired"
        mail.send(template, to=token.membership.user, context={"token": token, "days": step, **links})

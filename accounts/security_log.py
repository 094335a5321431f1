"""Security events: a line of JSON each in the installation's log, and a row for the person whom they concern."""

from __future__ import annotations

import json
import logging
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import SecurityEvent, User

Kind = SecurityEvent.Kind
AGENT_LENGTH = 300
logger = logging.getLogger("planradar.security")


def record(kind: SecurityEvent.Kind, request: HttpRequest | None, user: User | None, **detail: object) -> None:
    """Write an event down. `detail` holds no secret; without a user there is no row, only the line."""
    where = {"ip": request.META.get("REMOTE_ADDR", ""), "user_agent": agent_of(request)} if request else {}
    log(kind, user=user, **where, **detail)
    if user is not None:
        SecurityEvent.objects.create(user=user, kind=kind, **where)


def log(event: str, *, user: User | None, **detail: object) -> None:
    line = {"at": timezone.now().isoformat(), "event": str(event), "user": user.pk if user else None, **detail}
    logger.info(json.dumps(line, default=str))


def agent_of(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:AGENT_LENGTH]


@receiver([account_signals.password_changed, account_signals.password_set])
def on_password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(Kind.PASSWORD_CHANGED, request, user)


@receiver(account_signals.password_reset)
def on_password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(Kind.PASSWORD_RESET, request, user)


@receiver(mfa_signals.authenticator_added)
def on_factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    record(Kind.FACTOR_ADDED, request, user, factor=authenticator.type)


@receiver(mfa_signals.authenticator_removed)
def on_factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    record(Kind.FACTOR_REMOVED, request, user, factor=authenticator.type)


@receiver(mfa_signals.authenticator_reset)
def on_codes_made(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(Kind.CODES_REPLACED, request, user)


@receiver(mfa_signals.authentication_failed)
def on_factor_failed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(Kind.FACTOR_FAILED, request, user)


@receiver(user_logged_out)
def on_signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(Kind.SIGNED_OUT, request, user)


@receiver(post_save, sender=LogEntry)
def on_act_of_staff(instance: LogEntry, **kwargs: Any) -> None:
    """Log each act in the administration: on what, and on which of its fields."""
    on = instance.content_type.model if instance.content_type else ""
    act = {
        "on": on,
        "pk": str(instance.object_id),
        "what": instance.change_message or instance.get_action_flag_display(),
    }
    log("staff.acted", user=instance.user, **act)

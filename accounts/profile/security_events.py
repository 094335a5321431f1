"""What happens to how a person signs in is in the audit log of each of their accounts, and told to them by mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.audit.actions import LABELS
from accounts.models import User

Type = Authenticator.Type
ADDED = {Type.TOTP: "sign_in.app_added", Type.WEBAUTHN: "sign_in.key_added"}
REMOVED = {
    Type.TOTP: "sign_in.app_removed",
    Type.WEBAUTHN: "sign_in.key_removed",
    Type.RECOVERY_CODES: "sign_in.codes_removed",
}
WHAT_TO_DO = _("If this was not you, set a new password at once and tell a user manager of your account.")


def record_and_tell(
    user: User, action: str, *, actor: Actor, ip: str, detail: Mapping[str, object] | None = None
) -> None:
    """Write into the audit log of each account of a person, and mail the person in their language."""
    with transaction.atomic():
        for member in user.memberships.joined().select_related("account").order_by("account"):
            subject = f"{member.name} <{user.email}>"
            audit_log.record(action, account=member.account, actor=actor, subject=subject, detail=detail, ip=ip)
        tell(user, LABELS[action], actor=actor, ip=ip)


def tell(user: User, what: str | Promise, *, actor: Actor, ip: str) -> None:
    by_staff = actor.user.pk != user.pk
    with mail.speaking_to(user):
        context = {"what": str(what), "by_staff": by_staff, "ip": ip, "at": timezone.now(), "advice": str(WHAT_TO_DO)}
        mail.send("sign_in_changed", to=user, context=context)


def _by_themselves(request: HttpRequest, user: User, action: str) -> None:
    record_and_tell(user, action, actor=Actor(user, via="page"), ip=request.META["REMOTE_ADDR"])


@receiver([password_changed, password_set])
def on_password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _by_themselves(request, user, "sign_in.password_changed")


@receiver(password_reset)
def on_password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _by_themselves(request, user, "sign_in.password_reset")


@receiver(authenticator_added)
def on_factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if action := ADDED.get(Type(authenticator.type)):
        _by_themselves(request, user, action)


@receiver(authenticator_removed)
def on_factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _by_themselves(request, user, REMOVED[Type(authenticator.type)])


@receiver(authenticator_reset)
def on_codes_made(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _by_themselves(request, user, "sign_in.codes_made")

"""Who has to have a second factor, until when they have time to set one up, and the way back without it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import rights, security_log
from accounts.acting import ActingMember, ensure_allowed
from accounts.models import Membership, SecurityEvent, User
from accounts.profile import security_events

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_required(user: User, memberships: Sequence[Membership]) -> bool:
    """Tell whether the person has to have a factor: as staff, or because the owner of an account says so."""
    return user.is_staff or any(member.account.requires_second_factor_of(member) for member in memberships)


def due_at(user: User, memberships: Sequence[Membership], now: datetime) -> datetime | None:
    """Return until when the person has to set a factor up; None where they need none, or have one.

    The term begins when a user who needs a factor is first seen without one.
    """
    if not is_required(user, memberships) or has_factor(user):
        return None
    if user.second_factor_due_at is None:
        user.second_factor_due_at = now + timedelta(days=settings.SECOND_FACTOR_TERM_DAYS)
        user.save(update_fields=["second_factor_due_at"])
    return user.second_factor_due_at


def may_remove(authenticator: Authenticator) -> bool:
    """Tell whether the person may do without it: those who have to have a factor keep their last one."""
    user = authenticator.user
    others = Authenticator.objects.filter(user=user, type__in=FACTORS).exclude(pk=authenticator.pk)
    memberships = Membership.objects.active().filter(user=user).select_related("account")
    return others.exists() or not is_required(user, list(memberships))


def may_reset(member: Membership, other: Membership) -> bool:
    """Tell whether `member` may take the other's factors away, who lost them.

    The owner may, for those whom no other account and no administration trusts by the same factors.
    """
    elsewhere = Membership.objects.active().filter(user=other.user).exclude(pk=other.pk)
    is_theirs = rights.is_owner(member) and rights.same_account(member, other) and rights.is_active(other)
    return is_theirs and member != other and not other.user.is_staff and not elsewhere.exists()


def reset(other: Membership, *, by: ActingMember) -> None:
    """Take the factors of a member away and end their sign-ins: they sign in by password and set up new ones."""
    with transaction.atomic():
        by, other = by.locked_with(other)
        ensure_allowed(may_reset(by.member, other))
        Authenticator.objects.filter(user=other.user).delete()
        User.objects.filter(pk=other.user_id).update(second_factor_due_at=None)
        for session in UserSession.objects.filter(user=other.user):
            session.end()
        by.record("sign_in.factors_reset", of=other)
        security_log.record(SecurityEvent.Kind.FACTORS_RESET, None, other.user)
        what = SecurityEvent.Kind.FACTORS_RESET.label
        security_events.tell(other.user, what, actor=by.actor, ip=by.ip)


@receiver([authenticator_added, authenticator_removed])
def end_other_sign_ins(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """End what was opened elsewhere before a factor came or went."""
    if authenticator.type not in FACTORS:
        return
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()
    User.objects.filter(pk=user.pk).update(second_factor_due_at=None)

"""Changing the e-mail that a person signs in with."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import mail, security_log
from accounts.models import Invitation, SecurityEvent, User


def change_email(user: User, old: str) -> None:
    """Save the user's new e-mail: what was sent to the old one ends, and both are told.

    Links that reset a password are bound to the e-mail, so they end by themselves.
    """
    with transaction.atomic():
        user.save(update_fields=["email"])
        security_log.record(SecurityEvent.Kind.EMAIL_CHANGED, None, user)
        now = timezone.now()
        Invitation.objects.live(now).filter(membership__user=user).update(expires_at=now)
        context = {"recipient": user, "old": old, "new": user.email, "support": settings.SUPPORT_EMAIL}
        with mail.speaking_to(user):
            for address in (old, user.email):
                mail.send_to_address(address, "email_changed", context)

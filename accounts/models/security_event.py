"""What happened to a person's sign-in: shown to them under Sign-ins, and kept for those who run the installation."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    def of(self, user: User) -> SecurityEventQuerySet:
        return self.filter(user=user)

    def newest_first(self) -> SecurityEventQuerySet:
        return self.order_by("-pk")


class SecurityEvent(models.Model):
    """Inserted once and never updated."""

    class Kind(models.TextChoices):
        SIGNED_IN = "sign_in.succeeded", _("signed in")
        SIGN_IN_FAILED = "sign_in.failed", _("sign-in failed")
        SIGN_IN_HELD = "sign_in.held", _("sign-in held: too many attempts")
        SIGNED_OUT = "sign_in.ended", _("signed out")
        REAUTHENTICATION_FAILED = "reauthentication.failed", _("confirmation failed")
        PASSWORD_CHANGED = "password.changed", _("password changed")
        PASSWORD_RESET = "password.reset", _("password reset by mail")
        FACTOR_ADDED = "factor.added", _("second factor added")
        FACTOR_REMOVED = "factor.removed", _("second factor removed")
        FACTOR_FAILED = "factor.failed", _("second factor failed")
        CODES_REPLACED = "factor.codes_replaced", _("recovery codes replaced")
        FACTORS_RESET = "factor.reset", _("second factors removed by the account owner")
        EMAIL_CHANGED = "email.changed", _("e-mail changed")

    user = models.ForeignKey(User, models.CASCADE, related_name="security_events")
    kind = models.CharField(max_length=32, choices=Kind)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        indexes: ClassVar[list[models.Index]] = [
            # The events of a person, newest first.
            models.Index(fields=["user", "-id"], name="security_events_of_user"),
            # What is past the retention.
            models.Index(fields=["created_at"], name="security_events_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"

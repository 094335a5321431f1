from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Membership

LIFE = timedelta(days=7)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def live(self, now: datetime) -> InvitationQuerySet:
        return self.filter(expires_at__gt=now)

    def with_digest(self, value: str) -> Invitation | None:
        people = "membership__account", "membership__user", "sent_by__user"
        return self.filter(digest=value).select_related(*people).first()


class Invitation(models.Model):
    """How a user who was added to an account gets in: a link that works once, for seven days.

    The row is there as long as the membership waits to be accepted. Of the link's secret only a hash is kept:
    it has 256 random bits, so a plain SHA-256 is enough.
    """

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="invitation")
    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))
    sent_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="sent_invitations")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return str(self.membership)

    def reissue(self, *, by: Membership, now: datetime) -> str:
        """Make a new secret, which ends the last one, and return it."""
        secret = secrets.token_urlsafe(32)
        self.digest, self.sent_by, self.sent_at, self.expires_at = digest_of(secret), by, now, now + LIFE
        self.save()
        return secret

    def consume(self, now: datetime) -> bool:
        """Use the invitation up; tell whether it was still there, for only one of two requests at once may."""
        deleted, _rows = Invitation.objects.live(now).filter(pk=self.pk, digest=self.digest).delete()
        return bool(deleted)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

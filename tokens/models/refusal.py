from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tokens.models.token import AGENT_LENGTH, PersonalAccessToken


class TokenRefusal(models.Model):
    """The requests of one day (UTC) that showed a real token and were refused for one reason: the sign of a leak."""

    class Reason(models.TextChoices):
        NETWORK = "network", _("from a network that is not allowed")
        EXPIRED = "expired", _("expired")
        SUPERSEDED = "superseded", _("replaced")
        REVOKED = "revoked", _("deleted")
        STOPPED = "stopped", _("its user has no API access")

    token = models.ForeignKey(PersonalAccessToken, models.CASCADE, related_name="refusals")
    day = models.DateField()
    reason = models.CharField(max_length=10, choices=Reason)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    last_address = models.GenericIPAddressField(null=True)
    last_agent = models.CharField(max_length=AGENT_LENGTH, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-last_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "day", "reason"], name="one_row_per_token_day_and_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.token_id} {self.day} {self.reason}"

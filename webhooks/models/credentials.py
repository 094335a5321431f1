from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from lib.encrypted import SecretField
from webhooks.models.webhook import Webhook


class Header(models.Model):
    """A header field that is sent along. A hidden value cannot be recalled once it is saved (R-W4)."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="headers")
    name = models.CharField(_("name"), max_length=100)
    value = SecretField(_("value"), editable=False)
    is_hidden = models.BooleanField(_("hide value"), default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("webhook", Lower("name"), name="one_header_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SigningSecret(models.Model):
    """A key that signs. `once` marks the form that made it, so that sending the form again makes no second one."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="secrets")
    value = SecretField(editable=False)
    idempotency_key = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.webhook_id}: {self.created_at}"

    def signed_at(self, moment: datetime) -> bool:
        return self.created_at <= moment and (self.expires_at is None or self.expires_at > moment)

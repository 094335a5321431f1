from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.encrypted import SecretField


class Authenticated(models.Model):
    """How a receiver knows that a request is the account's."""

    class Authentication(models.TextChoices):
        NONE = "none", pgettext_lazy("authentication", "None")
        BASIC = "basic", _("HTTP Basic")
        BEARER = "bearer", _("Bearer token")

    authentication = models.CharField(
        _("authentication"), max_length=6, choices=Authentication, default=Authentication.NONE
    )
    basic_user = models.CharField(_("user name"), max_length=200, blank=True)
    basic_password = SecretField(_("password"), null=True, blank=True, editable=False)
    bearer_token = SecretField(_("token"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def basic(self) -> tuple[str, str] | None:
        """Return user name and password, either of which may be empty."""
        return (
            (self.basic_user, self.basic_password or "") if self.authentication == self.Authentication.BASIC else None
        )

    @property
    def bearer(self) -> str | None:
        return self.bearer_token if self.authentication == self.Authentication.BEARER else None

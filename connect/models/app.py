from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from connect.catalogue import NAMES
from connect.models.request import ConnectRequest


class WantedApp(models.Model):
    """One app of the catalogue that a request asks for."""

    request = models.ForeignKey(ConnectRequest, models.CASCADE, related_name="wanted_apps")
    app = models.CharField(_("app"), max_length=30)

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "app"], name="each_app_once_per_request"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The queue's filter by app.
            models.Index(fields=["app"], name="requests_by_app"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return NAMES.get(self.app, self.app)

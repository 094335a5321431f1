from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.badges import Badge


class Status(models.TextChoices):
    PENDING = "pending", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
    HELD = "held", _("held")
    EXPIRED = "expired", pgettext_lazy("delivery", "expired")


BADGES = {
    Status.PENDING: Badge("info", "clock", Status.PENDING.label),
    Status.DELIVERED: Badge("ok", "check", Status.DELIVERED.label),
    Status.FAILED: Badge("bad", "x", Status.FAILED.label),
    Status.HELD: Badge("muted", "pause", Status.HELD.label),
    Status.EXPIRED: Badge("muted", "archive", Status.EXPIRED.label),
}
RETRYING = Badge("warn", "rotate-cw", pgettext_lazy("delivery", "retrying"))
OPEN = [Status.PENDING, Status.HELD]

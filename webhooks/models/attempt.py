from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.badges import Badge
from webhooks.http.outcome import BodyEnd, DeliveryError, hint_for


class Attempt(models.Model):
    """One try to hand a delivery over: what was sent (secrets masked), what came back. Written once.

    The heads are lines of `Name: value`. The steps are null where they did not take place, as on a kept connection.
    """

    delivery = models.ForeignKey("webhooks.Delivery", models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveSmallIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"))
    duration_ms = models.PositiveIntegerField(_("duration"))
    dns_ms = models.PositiveIntegerField(null=True)
    connect_ms = models.PositiveIntegerField(null=True)
    tls_ms = models.PositiveIntegerField(null=True)
    wait_ms = models.PositiveIntegerField(null=True)
    url = models.CharField(max_length=2000)
    request_head = models.TextField(blank=True)
    status_code = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    error = models.CharField(_("error"), max_length=20, blank=True)
    response_head = models.TextField(blank=True)
    response_excerpt = models.TextField(blank=True)
    http_version = models.CharField(max_length=3, blank=True, default="")
    peer_address = models.GenericIPAddressField(null=True)
    certificate_days = models.IntegerField(null=True)
    body_end = models.CharField(max_length=10, choices=BodyEnd, blank=True, default=BodyEnd.WHOLE)
    was_repeated = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "number"], name="one_attempt_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}#{self.number}"

    @property
    def steps(self) -> list[tuple[str, int]]:
        """Return the steps that took place, with their milliseconds."""
        steps = [
            (_("name"), self.dns_ms),
            (_("connect"), self.connect_ms),
            (_("TLS"), self.tls_ms),
            (_("wait"), self.wait_ms),
        ]
        return [(str(label), duration) for label, duration in steps if duration is not None]

    @property
    def connection_notes(self) -> list[str]:
        """Say over what it was sent, as far as is known and fit to be shown."""
        notes = [
            self.http_version and f"HTTP/{self.http_version}",
            self.peer_address and _("to %(address)s") % {"address": self.peer_address},
            self.certificate_days is not None
            and _("certificate valid for %(days)s days") % {"days": self.certificate_days},
            self.was_repeated and _("a kept connection was closed, so the request was sent again on a new one"),
        ]
        return [str(note) for note in notes if note]

    @property
    def badge(self) -> Badge:
        words = f"HTTP {self.status_code}" if self.status_code else self.fault_label
        return Badge("bad", "x", words) if self.error else Badge("ok", "check", words)

    @property
    def fault_label(self) -> str:
        return str(DeliveryError(self.error).label) if self.error else ""

    @property
    def advice(self) -> str:
        """Say what to try, where the attempt failed."""
        return hint_for(self.error, self.status_code)

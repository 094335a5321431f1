from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.badges import Badge
from webhooks.engine import backoff
from webhooks.http.outcome import DeliveryError, Outcome
from webhooks.models.delivery_queries import DeliveryQuerySet
from webhooks.models.event import Event
from webhooks.models.status import BADGES, OPEN, RETRYING, Status
from webhooks.models.webhook import Webhook

SOON = timedelta(minutes=1)


class Delivery(models.Model):
    """An event on its way to one webhook.

    `next_attempt_at` is the one schedule there is. A worker that claims a delivery moves it to the end of its
    lease and writes its mark into `lease`; if the worker dies, the delivery is due again by itself.
    """

    class Origin(models.TextChoices):
        EVENT = "event", _("event")
        AGAIN = "again", _("sent again")
        BACKFILL = "backfill", _("backfill")

    Status = Status

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PENDING)
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, default=timezone.now)
    lease = models.UUIDField(null=True, editable=False)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.EVENT, editable=False)
    is_urgent = models.BooleanField(default=False, editable=False)  # a person asked for it and waits for the answer
    order_key = models.CharField(max_length=40, blank=True, editable=False)  # the ticket whose order is kept
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes: ClassVar[list[models.Index]] = [
            # What is due, for the claim (of one webhook) and the sweep (of all).
            models.Index(
                fields=["webhook", "next_attempt_at", "id"], name="delivery_due", condition=Q(status=Status.PENDING)
            ),
            # What a person asked for, for the claim and the sweep.
            models.Index(
                fields=["webhook"], name="delivery_urgent", condition=Q(status=Status.PENDING, is_urgent=True)
            ),
            # What waits before a delivery of the same ticket, for the claim.
            models.Index(
                fields=["webhook", "order_key", "id"],
                name="delivery_in_turn",
                condition=Q(status__in=OPEN) & ~Q(order_key=""),
            ),
            # What is held, for the ledger and for switching on.
            models.Index(fields=["webhook", "created_at", "id"], name="delivery_held", condition=Q(status=Status.HELD)),
            # The delivery log of one webhook, newest first, whole and filtered by status. Most are delivered, so that
            # filter finds enough in the first; the second keeps them out, which saves an index entry each.
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_log"),
            models.Index(
                fields=["webhook", "status", "-created_at", "-id"],
                name="delivery_log_by_status",
                condition=~Q(status=Status.DELIVERED),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="only_waiting_deliveries_have_a_next_attempt",
                condition=Q(status=Status.PENDING, next_attempt_at__isnull=False)
                | (~Q(status=Status.PENDING) & Q(next_attempt_at=None, lease=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.webhook_id}"

    @property
    def badge(self) -> Badge:
        """Say how it stands, in the words that every page uses."""
        return RETRYING if self.is_retrying else BADGES[Status(self.status)]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_held(self) -> bool:
        return self.status == Status.HELD

    @property
    def is_retrying(self) -> bool:
        """Tell whether it failed and will be tried again."""
        return self.status == Status.PENDING and self.attempt_count > 0

    @property
    def is_about_to_change(self) -> bool:
        """Tell whether a page that shows it should look again within seconds."""
        if self.next_attempt_at is None:
            return False
        is_soon = self.next_attempt_at <= timezone.now() + SOON
        return self.lease is not None or self.is_urgent or (is_soon and not self.waits_for_receiver)

    @property
    def last_answer(self) -> str:
        """Say how the last attempt ended, where the log has looked it up: the status code, or what broke."""
        code, fault = getattr(self, "code", None), getattr(self, "fault", "")
        if code:
            return f"HTTP {code}"
        return str(DeliveryError(fault).label) if fault else ""

    @property
    def is_marked(self) -> bool:
        """Tell whether it did not come from the event as it happened."""
        return self.origin != self.Origin.EVENT

    @property
    def is_due(self) -> bool:
        return self.next_attempt_at is not None and self.next_attempt_at <= timezone.now()

    @property
    def waits_for_receiver(self) -> bool:
        """Tell whether it goes out once the receiver has taken a probe, which may be another delivery."""
        probe_at = self.webhook.probe_at
        return bool(self.next_attempt_at and probe_at and self.webhook.is_failing and self.next_attempt_at <= probe_at)

    @classmethod
    def of(cls, event: Event, webhook: Webhook, now: datetime, *, origin: str = Origin.EVENT) -> Delivery:
        """Return a new delivery: waiting where the webhook is on, held where it is not. The caller saves."""
        status, due = (Status.PENDING, now) if webhook.is_active else (Status.HELD, None)
        new = cls(event=event, webhook=webhook, created_at=now, status=status, next_attempt_at=due, origin=origin)
        if origin == cls.Origin.BACKFILL or (origin == cls.Origin.EVENT and webhook.in_order):
            new.order_key = (event.ticket or {}).get("uuid", "")
        return new

    def record_attempt(self, outcome: Outcome, now: datetime) -> None:
        """Take one more attempt into account: delivered, to be tried again, or given up. The caller saves."""
        self.attempt_count += 1
        self.lease = None
        self.is_urgent = False
        self.next_attempt_at = None
        if outcome.succeeded:
            self.status, self.finished_at = Status.DELIVERED, now
            return
        self.next_attempt_at = backoff.next_attempt_at(
            now, attempts=self.attempt_count, retry_after=outcome.retry_after
        )
        if self.next_attempt_at is None:
            self.status, self.finished_at = Status.FAILED, now

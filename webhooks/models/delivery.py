from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Project
from webhooks.engine import backoff
from webhooks.events import CATALOGUE, EventType
from webhooks.http.outcome import HINTS, DeliveryError, Outcome
from webhooks.models.webhook import Webhook, WebhookQuerySet

PATIENCE = timedelta(minutes=1)  # within which a worker takes up what is due, many times over


def new_event_uid() -> str:
    return f"evt_{secrets.token_hex(16)}"


class EventQuerySet(models.QuerySet["Event"]):
    def in_order(self, account: Account, *, after: int) -> EventQuerySet:
        """Return the account's events after that key, in the order in which they were committed."""
        return self.filter(account=account, pk__gt=after).order_by("pk")


class Event(models.Model):
    """Something that happened. `body` is what every receiver gets, byte for byte, on every attempt."""

    uid = models.CharField(max_length=36, unique=True, default=new_event_uid, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="events", db_index=False)
    project = models.ForeignKey(Project, models.SET_NULL, null=True, related_name="+")
    type = models.CharField(_("event"), max_length=40)
    body = models.TextField(editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes: ClassVar[list[models.Index]] = [
            # The account's events of the last days, for the preview of a filter and for retention.
            models.Index(fields=["account", "created_at"], name="event_of_account"),
            # The account's events in order, page by page.
            models.Index(fields=["account", "id"], name="event_in_order"),
        ]

    def __str__(self) -> str:
        return self.uid

    @property
    def kind(self) -> EventType:
        return CATALOGUE[self.type]

    @property
    def pretty_body(self) -> str:
        """Return the body laid out for reading; what is sent is `body` itself."""
        return json.dumps(json.loads(self.body), indent=2, ensure_ascii=False)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> DeliveryQuerySet:
        """Return what is to be sent by now: new, to be tried again, or claimed by a worker whose lease is over."""
        return self.filter(status=Delivery.Status.PENDING, next_attempt_at__lte=now)

    def open(self) -> DeliveryQuerySet:
        """Return what waits or is held."""
        return self.filter(status__in=[Delivery.Status.PENDING, Delivery.Status.HELD])

    def held_since_before(self, moment: datetime, webhook: Webhook | OuterRef) -> DeliveryQuerySet:
        return self.filter(status=Delivery.Status.HELD, webhook=webhook, created_at__lt=moment)

    def webhooks_with_due(self, now: datetime) -> WebhookQuerySet:
        """Return the webhooks that have something to send by now. Cheap however much waits: one look for each."""
        return Webhook.objects.may_send(now).filter(Exists(self.due(now).filter(webhook=OuterRef("pk"))))

    def webhooks_waiting(self) -> WebhookQuerySet:
        """Return the webhooks that have something to send, now or later."""
        waiting = self.filter(status=Delivery.Status.PENDING, webhook=OuterRef("pk"))
        return Webhook.objects.filter(Exists(waiting))

    def are_left_alone(self, account: Account, now: datetime) -> bool:
        """Tell whether something of the account is long due and no worker is at it: then none seems to run."""
        late = self.webhooks_with_due(now - PATIENCE).filter(account=account)
        return late.filter(Q(drained_until=None) | Q(drained_until__lt=now)).exists()

    def ahead_of(self, limit: datetime) -> DeliveryQuerySet:
        """Return what waits until after `limit` though no retry is due so late: new, or claimed by a worker."""
        new_or_claimed = Q(attempt_count=0) | Q(lease__isnull=False)
        return self.filter(new_or_claimed, status=Delivery.Status.PENDING, next_attempt_at__gt=limit)

    def left_waiting(self, now: datetime) -> DeliveryQuerySet:
        """Return what waits although its webhook is off: it was being sent, or published, when that was switched."""
        free = Q(lease=None) | Q(next_attempt_at__lte=now)
        return self.filter(free, status=Delivery.Status.PENDING, webhook__in=Webhook.objects.switched_off())

    def left_held(self) -> DeliveryQuerySet:
        """Return what is held although its webhook is on: it was published while that was switched."""
        held = self.filter(status=Delivery.Status.HELD, webhook=OuterRef("pk"))
        return self.filter(status=Delivery.Status.HELD, webhook__in=Webhook.objects.switched_on().filter(Exists(held)))

    def in_log_order(self) -> DeliveryQuerySet:
        last = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-number").values("error")[:1]
        return self.select_related("event").annotate(fault=Subquery(last)).order_by("-created_at", "-pk")

    def failed_since(self, webhook: Webhook, moment: datetime) -> DeliveryQuerySet:
        """Return what was given up as failed, of what happened since then, one delivery for each event.

        An event that was delivered meanwhile, or is on its way again, is left out.
        """
        of_webhook = self.filter(webhook=webhook)
        better = of_webhook.filter(event=OuterRef("event")).exclude(status__in=[Delivery.Status.FAILED])
        later = of_webhook.filter(event=OuterRef("event"), status=Delivery.Status.FAILED, pk__gt=OuterRef("pk"))
        failed = of_webhook.filter(status=Delivery.Status.FAILED, created_at__gte=moment)
        return failed.exclude(Exists(better)).exclude(Exists(later))


class Delivery(models.Model):
    """An event on its way to one webhook.

    `next_attempt_at` is the one schedule there is. A worker that claims a delivery moves it to the end of its
    lease and writes its mark into `lease`; if the worker dies, the delivery is due again by itself.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        HELD = "held", _("held")
        EXPIRED = "expired", pgettext_lazy("delivery", "expired")

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PENDING)
    attempt_count = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, default=timezone.now)
    lease = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes: ClassVar[list[models.Index]] = [
            # What is due, for the claim (of one webhook) and the sweep (of all).
            models.Index(fields=["webhook", "next_attempt_at"], name="delivery_due", condition=Q(status="pending")),
            # What is held, for the ledger and for switching on.
            models.Index(fields=["webhook", "created_at"], name="delivery_held", condition=Q(status="held")),
            # The delivery log of one webhook, newest first, whole and filtered by status.
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_log"),
            models.Index(fields=["webhook", "status", "-created_at", "-id"], name="delivery_log_by_status"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="only_waiting_deliveries_have_a_next_attempt",
                condition=Q(status="pending", next_attempt_at__isnull=False)
                | (~Q(status="pending") & Q(next_attempt_at=None, lease=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.webhook_id}"

    @property
    def last_fault(self) -> str:
        """Say why the last attempt failed, where the log has looked it up."""
        fault = getattr(self, "fault", "")
        return str(DeliveryError(fault).label) if fault and self.status != self.Status.DELIVERED else ""

    @property
    def is_due(self) -> bool:
        return self.next_attempt_at is not None and self.next_attempt_at <= timezone.now()

    @property
    def waits_for_receiver(self) -> bool:
        """Tell whether it goes out once the receiver has taken a probe, which may be another delivery."""
        probe_at = self.webhook.probe_at
        return bool(self.next_attempt_at and probe_at and self.webhook.is_failing and self.next_attempt_at <= probe_at)

    def move_on(self, outcome: Outcome, now: datetime) -> None:
        """Take one more attempt into account. The caller saves."""
        self.attempt_count += 1
        self.lease = None
        self.next_attempt_at = None
        if outcome.succeeded:
            self.status, self.finished_at = self.Status.DELIVERED, now
            return
        self.next_attempt_at = backoff.next_attempt_at(
            now, attempts=self.attempt_count, retry_after=outcome.retry_after
        )
        if self.next_attempt_at is None:
            self.status, self.finished_at = self.Status.FAILED, now


class Attempt(models.Model):
    """One try to hand a delivery over: what was sent (secrets masked), what came back. Written once.

    The heads are lines of `Name: value`. The steps are null where they did not take place, as on a kept connection.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts", db_index=False)
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
    def fault_label(self) -> str:
        return str(DeliveryError(self.error).label) if self.error else ""

    @property
    def advice(self) -> str:
        """Say what to try, where the attempt failed."""
        return str(HINTS[DeliveryError(self.error)]) if self.error else ""

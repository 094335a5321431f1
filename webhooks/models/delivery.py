from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from lib.badges import Badge
from webhooks.engine import backoff
from webhooks.http.outcome import DeliveryError, Outcome
from webhooks.models.attempt import Attempt
from webhooks.models.event import Event
from webhooks.models.job import Job
from webhooks.models.webhook import Webhook, WebhookQuerySet

SOON = timedelta(minutes=1)
PATIENCE = timedelta(minutes=1)  # within which a worker takes up what is due, many times over


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


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> DeliveryQuerySet:
        """Return what is to be sent by now: new, to be tried again, or claimed by a worker whose lease is over."""
        return self.filter(status=Status.PENDING, next_attempt_at__lte=now)

    def open(self) -> DeliveryQuerySet:
        """Return what waits or is held."""
        return self.filter(status__in=OPEN)

    def waiting(self) -> DeliveryQuerySet:
        """Return what waits and is not being sent right now."""
        return self.filter(status=Status.PENDING, lease=None)

    def held(self) -> DeliveryQuerySet:
        return self.filter(status=Status.HELD)

    def batch(self, limit: int) -> DeliveryQuerySet:
        """Lock that many of these, in their order, and return them; what somebody else holds is left out."""
        locked = self.select_for_update(of=("self",), skip_locked=True)
        return Delivery.objects.filter(pk__in=list(locked.values_list("pk", flat=True)[:limit]))

    def held_since_before(self, moment: datetime, webhook: Webhook | OuterRef) -> DeliveryQuerySet:
        return self.filter(status=Status.HELD, webhook=webhook, created_at__lt=moment)

    def webhooks_with_due(self, now: datetime) -> WebhookQuerySet:
        """Return the webhooks that have something to send by now. Cheap however much waits: two looks for each.

        A failing one counts when its next probe is due, or when a person asked for a delivery.
        """
        due = self.due(now).filter(webhook=OuterRef("pk"))
        ready = Q(Exists(due)) & Q(Q(probe_at=None) | Q(probe_at__lte=now)) | Q(Exists(due.filter(is_urgent=True)))
        return Webhook.objects.switched_on().filter(ready)

    def webhooks_waiting(self) -> WebhookQuerySet:
        """Return the webhooks that have something to send, now or later."""
        waiting = self.filter(status=Status.PENDING, webhook=OuterRef("pk"))
        return Webhook.objects.filter(Exists(waiting))

    def are_left_alone(self, account: Account, now: datetime) -> bool:
        """Tell whether something of the account is long due and no worker is at it: then none seems to run."""
        late = self.webhooks_with_due(now - PATIENCE).filter(account=account)
        return late.filter(Q(drained_until=None) | Q(drained_until__lt=now)).exists()

    def claimable(self, webhook: Webhook, now: datetime) -> DeliveryQuerySet:
        """Return what is due, without those that wait for an earlier delivery of the same ticket."""
        earlier = self.open().filter(webhook=webhook, order_key=OuterRef("order_key"), pk__lt=OuterRef("pk"))
        in_turn = Q(order_key="") | ~Q(Exists(earlier.exclude(order_key="")))
        return self.due(now).filter(in_turn, webhook=webhook)

    def urgent(self) -> DeliveryQuerySet:
        """Return what a person asked for and waits for."""
        return self.filter(is_urgent=True)

    def ahead_of(self, limit: datetime) -> DeliveryQuerySet:
        """Return what waits until after `limit` though no retry is due so late: new, or claimed by a worker."""
        new_or_claimed = Q(attempt_count=0) | Q(lease__isnull=False)
        return self.filter(new_or_claimed, status=Status.PENDING, next_attempt_at__gt=limit)

    def hold(self) -> int:
        return self.filter(status=Status.PENDING).update(status=Status.HELD, next_attempt_at=None, lease=None)

    def release(self, now: datetime) -> int:
        """Let what is held be due."""
        return self.filter(status=Status.HELD).update(status=Status.PENDING, next_attempt_at=now)

    def expire(self, now: datetime) -> int:
        """Give up what is open. The caller books it."""
        given_up = {"status": Status.EXPIRED, "next_attempt_at": None, "lease": None, "finished_at": now}
        return self.open().update(**given_up)

    def mark_delivered(self, now: datetime) -> int:
        """Finish what the receiver took at the first attempt."""
        finished = {"next_attempt_at": None, "lease": None, "finished_at": now}
        return self.update(status=Status.DELIVERED, attempt_count=1, is_urgent=False, **finished)

    def hurry(self, now: datetime) -> int:
        """Let what waits go out at once, before everything else, as an attempt that a person asked for."""
        return self.filter(status=Status.PENDING, lease=None).update(is_urgent=True, next_attempt_at=now)

    def left_waiting(self, now: datetime) -> DeliveryQuerySet:
        """Return what waits although its webhook is off: it was being sent, or published, when that was switched."""
        free = Q(lease=None) | Q(next_attempt_at__lte=now)
        return self.filter(free, status=Status.PENDING, webhook__in=Webhook.objects.switched_off())

    def left_held(self) -> DeliveryQuerySet:
        """Return what is held although its webhook is on: it was published while that was switched."""
        held = self.filter(status=Status.HELD, webhook=OuterRef("pk"))
        being_switched_on = Job.objects.unfinished().filter(kind=Job.Kind.RESUME, webhook=OuterRef("pk"))
        settled = Webhook.objects.switched_on().exclude(Exists(being_switched_on))
        return self.filter(status=Status.HELD, webhook__in=settled.filter(Exists(held)))

    def in_log_order(self) -> DeliveryQuerySet:
        last = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-number").values("error")[:1]
        return self.select_related("event", "webhook").annotate(fault=Subquery(last)).order_by("-created_at", "-pk")

    def failed_since(self, webhook: Webhook, moment: datetime) -> DeliveryQuerySet:
        """Return what was given up as failed, of what happened since then, one delivery for each event.

        An event that was delivered meanwhile, or is on its way again, is left out.
        """
        of_webhook = self.filter(webhook=webhook)
        better = of_webhook.filter(event=OuterRef("event")).exclude(status=Status.FAILED)
        later = of_webhook.filter(event=OuterRef("event"), status=Status.FAILED, pk__gt=OuterRef("pk"))
        failed = of_webhook.filter(status=Status.FAILED, created_at__gte=moment)
        return failed.exclude(Exists(better)).exclude(Exists(later))


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
                fields=["webhook", "next_attempt_at"], name="delivery_due", condition=Q(status=Status.PENDING)
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
            models.Index(fields=["webhook", "created_at"], name="delivery_held", condition=Q(status=Status.HELD)),
            # The delivery log of one webhook, newest first, whole and filtered by status.
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_log"),
            models.Index(fields=["webhook", "status", "-created_at", "-id"], name="delivery_log_by_status"),
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
    def last_fault(self) -> str:
        """Say why the last attempt failed, where the log has looked it up."""
        fault = getattr(self, "fault", "")
        return str(DeliveryError(fault).label) if fault and self.status != Status.DELIVERED else ""

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

"""Which deliveries are meant, by name, and what is done to many of them at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.models import Account
from webhooks.models.attempt import Attempt
from webhooks.models.job import Job
from webhooks.models.status import OPEN, Status
from webhooks.models.webhook import Webhook
from webhooks.models.webhook_queries import WebhookQuerySet

WORKER_GRACE = timedelta(minutes=1)  # within which a worker takes up what is due, many times over


class DeliveryQuerySet(models.QuerySet[Any]):
    def due(self, now: datetime) -> DeliveryQuerySet:
        """Return what is to be sent by now: new, to be tried again, or claimed by a worker whose lease is over."""
        return self.filter(status=Status.PENDING, next_attempt_at__lte=now)

    def open(self) -> DeliveryQuerySet:
        """Return what waits or is held."""
        return self.filter(status__in=OPEN)

    def last_failed(self) -> models.Model | None:
        """Return the delivery that a failing receiver is tried with, or else what was given up last; None if neither.

        Each is the first in its index, however much waits that was never tried.
        """
        tried = self.filter(status=Status.PENDING, attempt_count__gt=0).order_by("created_at", "pk")
        return tried.first() or self.filter(status=Status.FAILED).order_by("-created_at", "-pk").first()

    def waiting(self) -> DeliveryQuerySet:
        """Return what waits and is not being sent right now."""
        return self.filter(status=Status.PENDING, lease=None)

    def held(self) -> DeliveryQuerySet:
        return self.filter(status=Status.HELD)

    def batch(self, limit: int) -> DeliveryQuerySet:
        """Lock that many of these, in their order, and return them; what another transaction holds is left out."""
        locked = self.select_for_update(of=("self",), skip_locked=True)
        everything: DeliveryQuerySet = self.model.objects
        return everything.filter(pk__in=list(locked.values_list("pk", flat=True)[:limit]))

    def held_since_before(self, moment: datetime, webhook: Webhook | OuterRef) -> DeliveryQuerySet:
        return self.filter(status=Status.HELD, webhook=webhook, created_at__lt=moment)

    def webhooks_with_due(self, now: datetime) -> WebhookQuerySet:
        """Return the webhooks that have something to send by now. Cheap however much waits: two looks for each.

        A failing one counts when its next probe is due, or when a person asked for a delivery.
        """
        due = self.due(now).filter(webhook=OuterRef("pk"))
        ready = Q(Exists(due)) & Q(Q(probe_at=None) | Q(probe_at__lte=now)) | Q(Exists(due.filter(is_urgent=True)))
        return Webhook.objects.active().filter(ready)

    def webhooks_waiting(self) -> WebhookQuerySet:
        """Return the webhooks that have something to send, now or later."""
        waiting = self.filter(status=Status.PENDING, webhook=OuterRef("pk"))
        return Webhook.objects.filter(Exists(waiting))

    def has_no_worker(self, account: Account, now: datetime) -> bool:
        """Tell whether something of the account is long due and no worker is at it: then none seems to run."""
        late = self.webhooks_with_due(now - WORKER_GRACE).filter(account=account)
        return late.filter(Q(drained_until=None) | Q(drained_until__lt=now)).exists()

    def claimable(self, webhook: Webhook, now: datetime) -> DeliveryQuerySet:
        """Return what is due, without those that wait for an earlier delivery of the same ticket."""
        earlier = self.open().filter(webhook=webhook, order_key=OuterRef("order_key"), pk__lt=OuterRef("pk"))
        in_turn = Q(order_key="") | ~Q(Exists(earlier.exclude(order_key="")))
        return self.due(now).filter(in_turn, webhook=webhook)

    def urgent(self) -> DeliveryQuerySet:
        """Return what a person asked for and waits for."""
        return self.filter(is_urgent=True)

    def scheduled_after(self, limit: datetime) -> DeliveryQuerySet:
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

    def pending_on_inactive(self, now: datetime) -> DeliveryQuerySet:
        """Return what waits although its webhook is off: it was being sent, or published, when that was switched."""
        free = Q(lease=None) | Q(next_attempt_at__lte=now)
        return self.filter(free, status=Status.PENDING, webhook__in=Webhook.objects.inactive())

    def held_on_active(self) -> DeliveryQuerySet:
        """Return what is held although its webhook is on: it was published while that was switched."""
        held = self.filter(status=Status.HELD, webhook=OuterRef("pk"))
        being_switched_on = Job.objects.unfinished().filter(kind=Job.Kind.RESUME, webhook=OuterRef("pk"))
        settled = Webhook.objects.active().exclude(Exists(being_switched_on))
        return self.filter(status=Status.HELD, webhook__in=settled.filter(Exists(held)))

    def in_log_order(self) -> DeliveryQuerySet:
        last = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-number")
        how = {"fault": Subquery(last.values("error")[:1]), "code": Subquery(last.values("status_code")[:1])}
        return self.select_related("event", "webhook").annotate(**how).order_by("-created_at", "-pk")

    def failed_since(self, webhook: Webhook, moment: datetime) -> DeliveryQuerySet:
        """Return what was given up as failed, of what happened since then, one delivery for each event.

        An event that has been delivered since, or is on its way again, is left out.
        """
        of_webhook = self.filter(webhook=webhook)
        better = of_webhook.filter(event=OuterRef("event")).exclude(status=Status.FAILED)
        later = of_webhook.filter(event=OuterRef("event"), status=Status.FAILED, pk__gt=OuterRef("pk"))
        failed = of_webhook.filter(status=Status.FAILED, created_at__gte=moment)
        return failed.exclude(Exists(better)).exclude(Exists(later))

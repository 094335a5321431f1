"""The delivery log of a webhook: filtered, and paged by position, so that no page is dearer than another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from lib.dates import DayField, midnight
from webhooks.events import CATALOGUE
from webhooks.models import Delivery, Webhook
from webhooks.models.delivery_queries import DeliveryQuerySet
from webhooks.models.status import RETRYING

PER_PAGE = 25
Status = Delivery.Status
STATES = {
    Status.PENDING.value: Status.PENDING.label,
    "retrying": RETRYING.label,
    Status.DELIVERED.value: Status.DELIVERED.label,
    Status.FAILED.value: Status.FAILED.label,
    Status.HELD.value: Status.HELD.label,
    Status.EXPIRED.value: Status.EXPIRED.label,
}


def in_state(state: str) -> Q:
    """Return the deliveries with that badge: what failed and is tried again is retrying, not waiting."""
    if state == "retrying":
        return Q(status=Status.PENDING, attempt_count__gt=0)
    return Q(status=state, attempt_count=0) if state == Status.PENDING else Q(status=state)


class LogForm(forms.Form):
    status = forms.ChoiceField(label=_("Status"), choices=[("", _("all")), *STATES.items()], required=False)
    event = forms.ChoiceField(
        label=_("Event"), choices=[("", _("all")), *((k.name, k.label) for k in CATALOGUE.values())], required=False
    )
    from_date = DayField(label=_("From"), required=False)
    to_date = DayField(label=_("To"), required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("from_date") and data.get("to_date") and data["from_date"] > data["to_date"]:
            self.add_error("to_date", _("This date lies before the first one."))
        return data

    @property
    def is_narrowing(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def apply(self, deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
        """Return what the form asks for; nothing where it asks for what is not valid."""
        if not self.is_valid():
            return deliveries.none()
        data = self.cleaned_data
        wanted = Q()
        if data["status"]:
            wanted &= in_state(data["status"])
        if data["event"]:
            wanted &= Q(event__type=data["event"])
        if data["from_date"]:
            wanted &= Q(created_at__gte=midnight(data["from_date"]))
        if data["to_date"]:
            wanted &= Q(created_at__lt=midnight(data["to_date"] + timedelta(days=1)))
        return deliveries.filter(wanted)


@dataclass(frozen=True)
class LogPage:
    """A page of the log; `before` is the key of the delivery that it comes after, None for the first page."""

    webhook: Webhook
    form: LogForm
    before: int | None

    @cached_property
    def _rows(self) -> list[Delivery]:
        rows = self.form.apply(self.webhook.deliveries.in_log_order())
        last = self.before and self.webhook.deliveries.filter(pk=self.before).first()
        if last:
            rows = rows.filter(created_at__lte=last.created_at)  # which the index can begin at
            rows = rows.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))
        return list(rows[: PER_PAGE + 1])

    @property
    def deliveries(self) -> list[Delivery]:
        return self._rows[:PER_PAGE]

    @property
    def next_before(self) -> int | None:
        return self.deliveries[-1].pk if len(self._rows) > PER_PAGE else None

    @property
    def is_moving(self) -> bool:
        """Tell whether something on the page is about to change."""
        return any(delivery.is_about_to_change for delivery in self.deliveries)

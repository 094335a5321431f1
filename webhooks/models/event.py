from __future__ import annotations

import json
import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Project
from webhooks.events import CATALOGUE, EventType


def new_event_uid() -> str:
    return f"evt_{secrets.token_hex(16)}"


class EventQuerySet(models.QuerySet["Event"]):
    def in_order(self, account: Account, *, after: int) -> EventQuerySet:
        """Return the account's events after that key, in the order in which they were committed."""
        return self.filter(account=account, pk__gt=after).order_by("pk")


class Event(models.Model):
    """Something that happened. `body` is what every receiver gets, byte for byte, on every attempt.

    `ticket` holds what filters decide by, as it was then (see `webhooks.conditions`); null for events of no ticket.
    """

    uid = models.CharField(max_length=36, unique=True, default=new_event_uid, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="events", db_index=False)
    project = models.ForeignKey(Project, models.SET_NULL, null=True, related_name="+")
    type = models.CharField(_("event"), max_length=40)
    ticket = models.JSONField(null=True, editable=False)
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
    def about(self) -> str:
        """Name the ticket or the project that it is about, as they were called then."""
        body = json.loads(self.body)
        subject = body["data"]["attributes"].get("subject")
        return str(subject or (body["project"] or {}).get("name", ""))

    @property
    def pretty_body(self) -> str:
        """Return the body laid out for reading; what is sent is `body` itself."""
        return json.dumps(json.loads(self.body), indent=2, ensure_ascii=False)

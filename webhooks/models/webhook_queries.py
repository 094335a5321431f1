"""Which webhooks are meant, by name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Account, Project
from webhooks.conditions import TicketState

PUBLISHED_BY = ["pk", "state", "events", "conditions", "in_order", "deleted_at"]


class WebhookQuerySet(models.QuerySet[Any]):
    def of(self, account: Account) -> WebhookQuerySet:
        return self.filter(account=account).not_deleted()

    def not_deleted(self) -> WebhookQuerySet:
        """Leave out those that their owner deleted, whose rows are still being cleared away."""
        return self.filter(deleted_at=None)

    def active(self) -> WebhookQuerySet:
        return self.not_deleted().filter(state=self.model.State.ACTIVE)

    def inactive(self) -> WebhookQuerySet:
        return self.exclude(state=self.model.State.ACTIVE, deleted_at=None)

    def needs_attention(self) -> WebhookQuerySet:
        """Return those whose last delivery failed, and those that were disabled for it."""
        failing = Q(state=self.model.State.ACTIVE, first_failure_at__isnull=False)
        return self.filter(failing | Q(state=self.model.State.DISABLED))

    def first_failure_before(self, moment: datetime) -> WebhookQuerySet:
        """Return those that are on and have had failures only since before then, with their owners."""
        return self.active().filter(first_failure_at__lte=moment).select_related("account__owner__user")

    def subscribed_to(
        self, event_type: str, account: Account, project: Project | None, ticket: TicketState | None = None
    ) -> list[Any]:
        """Return the account's webhooks, paused and disabled ones too, that are told of such an event. One query.

        Only what publishing needs is loaded.
        """
        chosen = self.model.projects.through.objects.filter(webhook=OuterRef("pk"), project=project)
        candidates = self.of(account).filter(Q(all_projects=True) | Exists(chosen)).only(*PUBLISHED_BY)
        return [webhook for webhook in candidates if webhook.wants(event_type, ticket)]

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Project
from lib.badges import Badge
from lib.names import NameField
from webhooks.conditions import TicketState, holds
from webhooks.engine import backoff
from webhooks.events import CATALOGUE, TICKET_UPDATED, EventType
from webhooks.http import signing
from webhooks.http.outcome import Outcome
from webhooks.models.authentication import Authenticated
from webhooks.models.health import HEALTH, INCIDENT, ReceiverHealth
from webhooks.models.pacing import PACED, Pacing
from webhooks.models.webhook_queries import WebhookQuerySet

DISABLE_AFTER = timedelta(days=5)  # without one success
WARN_BEFORE = timedelta(hours=24)
MAX_IN_FLIGHT, MAX_PER_MINUTE = 64, 60_000
COUNTERS = ["attempted_count", "delivered_count", "failed_count"]
SECRET_OVERLAP = timedelta(hours=24)


class Webhook(Authenticated, ReceiverHealth, Pacing):
    """A receiver of an account's events. What is below `wakeup_queued_at` is the engine's, which alone writes it."""

    class State(models.TextChoices):
        ACTIVE = "active", _("on")
        PAUSED = "paused", _("off")
        DISABLED = "disabled", _("disabled")

    class Alert(models.TextChoices):
        """What the owner was told of the incident that goes on."""

        NOTHING = "", _("nothing")
        FAILING = "failing", _("that it fails")
        LAST_WARNING = "last warning", _("that it will be disabled")
        DISABLED = "disabled", _("that it is disabled")

    account = models.ForeignKey(Account, models.CASCADE, related_name="webhooks", verbose_name=_("account"))
    description = NameField(_("description"), max_length=200)
    url = models.CharField(_("URL"), max_length=2000)
    events = models.JSONField(_("events"), default=list)
    all_projects = models.BooleanField(_("all projects"), default=True)
    projects = models.ManyToManyField(Project, blank=True, related_name="webhooks", verbose_name=_("projects"))
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    in_order = models.BooleanField(_("in order, per ticket"), default=False)
    max_in_flight = models.PositiveSmallIntegerField(
        _("maximum deliveries at once"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_IN_FLIGHT)],
    )
    max_per_minute = models.PositiveIntegerField(
        _("maximum deliveries per minute"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_PER_MINUTE)],
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    wakeup_queued_at = models.DateTimeField(null=True, editable=False)
    drain_lease = models.UUIDField(null=True, editable=False)
    drained_until = models.DateTimeField(null=True, editable=False)
    last_alert = models.CharField(max_length=12, choices=Alert, blank=True, default=Alert.NOTHING, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    # The ledger: what `webhooks.pages.ledger` adds up with the deliveries that are still open.
    attempted_count = models.PositiveBigIntegerField(default=0, editable=False)
    delivered_count = models.PositiveBigIntegerField(default=0, editable=False)
    failed_count = models.PositiveBigIntegerField(default=0, editable=False)
    expired_count = models.PositiveBigIntegerField(default=0, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="webhook_in_flight_cap",
                condition=Q(max_in_flight=None) | Q(max_in_flight__range=(1, MAX_IN_FLIGHT)),
            ),
            models.CheckConstraint(
                name="webhook_per_minute_cap",
                condition=Q(max_per_minute=None) | Q(max_per_minute__range=(1, MAX_PER_MINUTE)),
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE and self.deleted_at is None

    @property
    def badge(self) -> Badge:
        if self.state == self.State.DISABLED:
            return Badge("bad", "circle-off", _("disabled"))
        if self.state == self.State.PAUSED:
            return Badge("muted", "pause", _("off"))
        if self.is_failing:
            return Badge("bad", "triangle-alert", _("failing"))
        if self.first_failure_at:
            return Badge("warn", "triangle-alert", _("last delivery failed"))
        return Badge("ok", "check", _("on"))

    @property
    def kinds(self) -> list[EventType]:
        return [kind for name, kind in CATALOGUE.items() if name in self.events]

    @property
    def disable_at(self) -> datetime | None:
        """Return when a failing webhook is disabled, unless one delivery succeeds: never sooner than it was said."""
        if self.first_failure_at is None or not self.is_active:
            return None
        planned = self.first_failure_at + DISABLE_AFTER
        return max(planned, self.warned_at + WARN_BEFORE) if self.warned_at else planned

    @property
    def origin(self) -> tuple[str, str, int | None]:
        return origin_of(self.url)

    @property
    def place(self) -> str:
        """Return host and path, which tell webhooks apart; a query may hold a secret."""
        parts = urlsplit(self.url)
        return f"{parts.netloc}{parts.path}"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    def wants(self, event_type: str, ticket: TicketState | None) -> bool:
        """Tell whether it is told of such an event, as far as events and conditions decide."""
        is_update = event_type == TICKET_UPDATED
        return event_type in self.events and holds(self.conditions, ticket, is_update=is_update)

    def switch_off(self, state: State) -> None:
        """Send nothing more, and hold what happens from now on. `engine.jobs` holds what waits."""
        self._move_to(state)

    def switch_on(self) -> None:
        """Send again; the receiver starts with a clean record."""
        self.reset_failures()
        self.last_alert = self.Alert.NOTHING
        self._move_to(self.State.ACTIVE, "last_alert", *INCIDENT)

    def warn(self, now: datetime) -> None:
        """Note that the owner is told now of the day on which it will be disabled."""
        self.warned_at = now
        self.save(update_fields=["warned_at"])

    def soft_delete(self, now: datetime) -> None:
        """Send nothing more, and erase every secret at once. `engine.jobs` deletes the rows, however many."""
        with transaction.atomic():
            self.headers.all().delete()
            self.secrets.all().delete()
            emptied = {"url": "", "basic_user": "", "basic_password": None, "bearer_token": None}
            Webhook.objects.filter(pk=self.pk).update(deleted_at=now, **emptied)

    def lock(self, *fields: str) -> None:
        """Keep others from writing the row until the transaction ends; take over what they wrote to these fields."""
        self.refresh_from_db(fields=fields, from_queryset=Webhook.objects.select_for_update(no_key=True))

    def book_expired(self, *, expired: int, untried: int) -> None:
        """Count deliveries that were given up unsent. The caller gives them up in the same transaction."""
        booked = Webhook.objects.filter(pk=self.pk)
        booked.update(expired_count=F("expired_count") + expired, attempted_count=F("attempted_count") + untried)

    def is_unchanged(self) -> bool:
        """Look whether it is still on and its URL is still the one it was loaded with. Take over the state."""
        self.state, self.deleted_at, url = Webhook.objects.filter(pk=self.pk).values_list(
            "state", "deleted_at", "url"
        ).first() or (self.state, timezone.now(), "")
        return self.is_active and url == self.url

    def batch_size(self, now: datetime, usual: int) -> int:
        """Return how many deliveries may be tried now: a failing receiver gets one probe per back-off step."""
        if not self.is_active:
            return 0
        if not self.is_failing:
            return usual
        return 1 if self.probe_at is None or self.probe_at <= now else 0

    def record_results(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Take a batch into account, in the order in which it ended. The caller holds the row."""
        self.count_results(outcomes, now)
        self._count(outcomes)
        self.save(update_fields=[*HEALTH, *COUNTERS, *PACED])

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        exhausted = [one.number >= backoff.MAX_ATTEMPTS and not one.succeeded for one in outcomes]
        self.attempted_count = F("attempted_count") + sum(one.number == 1 for one in outcomes)
        self.delivered_count = F("delivered_count") + sum(one.succeeded for one in outcomes)
        self.failed_count = F("failed_count") + sum(exhausted)

    def _move_to(self, state: State, *also: str) -> None:
        self.state = state
        self.save(update_fields=["state", *also])

    def signing_secrets(self, now: datetime) -> list[str]:
        """Return the secrets that sign now, the newest first: two while a replaced one still holds."""
        return [secret.value for secret in self.secrets.all() if secret.expires_at is None or secret.expires_at > now]

    def make_secret(self, *, idempotency_key: uuid.UUID, now: datetime) -> str:
        """Make a signing secret, let its predecessor sign for another `SECRET_OVERLAP`, and return it."""
        value = signing.generate_secret()
        self.secrets.filter(expires_at=None).update(expires_at=now + SECRET_OVERLAP)
        self.secrets.create(value=value, idempotency_key=idempotency_key, created_at=now)
        return value


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what hidden values are bound to."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(scheme)

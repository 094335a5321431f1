from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Project
from webhooks import signing
from webhooks.fields import SecretField

FAILURES_UNTIL_FAILING = 5  # in a row, over distinct deliveries
SECRET_OVERLAP = timedelta(hours=24)


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def of(self, account: Account) -> WebhookQuerySet:
        return self.filter(account=account)

    def subscribed_to(self, event_type: str, account: Account, project: Project | None) -> list[Webhook]:
        """Return the account's webhooks, paused and disabled ones too, that are told of such an event. One query.

        Only their key and state are loaded, since nothing else is needed for publishing.
        """
        chosen = Webhook.projects.through.objects.filter(webhook=OuterRef("pk"), project=project)
        candidates = self.of(account).filter(Q(all_projects=True) | Exists(chosen)).only("pk", "state", "events")
        return [webhook for webhook in candidates if event_type in webhook.events]


class Webhook(models.Model):
    """A receiver of an account's events. Its engine fields are written by `webhooks.drain` and `webhooks.wake` alone."""

    class State(models.TextChoices):
        ACTIVE = "active", _("on")
        PAUSED = "paused", _("off")
        DISABLED = "disabled", _("disabled")

    account = models.ForeignKey(Account, models.CASCADE, related_name="webhooks", verbose_name=_("account"))
    description = models.CharField(_("description"), max_length=200)
    url = models.CharField(_("URL"), max_length=2000)
    events = models.JSONField(_("events"), default=list)
    all_projects = models.BooleanField(_("all projects"), default=True)
    projects = models.ManyToManyField(Project, blank=True, related_name="webhooks", verbose_name=_("projects"))
    basic_user = models.CharField(_("user name"), max_length=200, blank=True)
    basic_password = SecretField(_("password"), null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    woken_at = models.DateTimeField(null=True, editable=False)
    drain_lease = models.UUIDField(null=True, editable=False)
    drained_until = models.DateTimeField(null=True, editable=False)
    failure_streak = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    last_failure_at = models.DateTimeField(null=True, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.description

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_failing(self) -> bool:
        return self.failure_streak >= FAILURES_UNTIL_FAILING

    @property
    def origin(self) -> tuple[str, str, int | None]:
        return origin_of(self.url)

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    def pause(self) -> None:
        """Hold what happens from now on."""
        self._move_to(self.State.PAUSED)

    def resume(self) -> None:
        """Send again; the receiver starts with a clean record."""
        self.failure_streak, self.failing_since = 0, None
        self._move_to(self.State.ACTIVE, "failure_streak", "failing_since")

    def disable(self) -> None:
        """Hold what happens from now on, because the receiver did not want it."""
        self._move_to(self.State.DISABLED)

    def _move_to(self, state: State, *also: str) -> None:
        self.state = state
        self.save(update_fields=["state", *also])

    def signing_secrets(self, now: datetime) -> list[str]:
        """Return the secrets that sign now, the newest first: two while a replaced one still holds."""
        return [secret.value for secret in self.secrets.all() if secret.expires_at is None or secret.expires_at > now]

    def make_secret(self, *, once: uuid.UUID, now: datetime) -> str:
        """Make a signing secret, let its predecessor sign for another `SECRET_OVERLAP`, and return it."""
        value = signing.generate_secret()
        self.secrets.filter(expires_at=None).update(expires_at=now + SECRET_OVERLAP)
        self.secrets.create(value=value, once=once, created_at=now)
        return value


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what hidden values are bound to."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(scheme)


class Header(models.Model):
    """A header field that is sent along. A hidden value cannot be recalled once it is saved (R-W4)."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="headers")
    name = models.CharField(_("name"), max_length=100)
    value = SecretField(_("value"), editable=False)
    is_hidden = models.BooleanField(_("hide value"), default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("webhook", Lower("name"), name="one_header_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SigningSecret(models.Model):
    """A key that signs. `once` marks the form that made it, so that sending the form again makes no second one."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="secrets")
    value = SecretField(editable=False)
    once = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Membership, User
from tokens import secrets

LAST_USED_STEP = timedelta(minutes=1)


class TokenQuerySet(models.QuerySet["PersonalAccessToken"]):
    def of(self, membership: Membership) -> TokenQuerySet:
        return self.filter(membership=membership)

    def live(self) -> TokenQuerySet:
        return self.filter(revoked_at=None)

    def with_secret(self, text: str) -> PersonalAccessToken | None:
        """Find the live token whose secret is `text`, with its membership, user and account, in one query."""
        people = "membership__account", "membership__user"
        return self.live().filter(digest__in=secrets.digests(text)).select_related(*people).first()


class TokenManager(models.Manager.from_queryset(TokenQuerySet)):  # type: ignore[misc]
    def issue(
        self, *, membership: Membership, name: str, once: uuid.UUID | None = None
    ) -> tuple[PersonalAccessToken, str]:
        """Make a token; return it with its secret, which is kept nowhere.

        `once` marks the filled-in form: a second token for the same mark is an `IntegrityError`.
        """
        text = secrets.generate()
        token = self.create(
            membership=membership, name=name, digest=secrets.digest(text), hint=text[-4:], once=once or uuid.uuid4()
        )
        return token, text


class PersonalAccessToken(models.Model):
    """A key with which external software acts as one user in one account (R-T1, R-T4)."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=100, help_text=_("Say what uses it, such as “ERP import”."))
    digest = models.CharField(max_length=73, unique=True, editable=False)
    hint = models.CharField(_("ends with"), max_length=4, editable=False)
    once = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    last_used_ip = models.GenericIPAddressField(_("last address"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("deleted"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("deleted by")
    )

    objects = TokenManager()

    class Meta:
        verbose_name = _("personal access token")
        verbose_name_plural = _("personal access tokens")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def account(self) -> Account:
        return self.membership.account

    @property
    def masked(self) -> str:
        return f"{secrets.PREFIX}…{self.hint}"

    def revoke(self, by: User, now: datetime | None = None) -> None:
        """End the token. It is refused from the next request on; the row stays, to tell who ended it and when."""
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = now or timezone.now(), by
            self.save(update_fields=["revoked_at", "revoked_by"])

    def note_use(self, ip: str, now: datetime) -> None:
        """Remember when and from where the token was used, at most once a minute."""
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_STEP)
        if self.last_used_at is None or self.last_used_at < now - LAST_USED_STEP:
            PersonalAccessToken.objects.filter(stale, pk=self.pk).update(last_used_at=now, last_used_ip=ip)

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Required, TypedDict, Unpack

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import rights
from accounts.models import Account, Membership, User
from lib.names import NameField
from tokens import token_format
from tokens.models.token_queries import TokenQuerySet

LAST_USED_STEP = timedelta(minutes=1)
AGENT_LENGTH = 200


class Terms(TypedDict, total=False):
    """What a token is issued with; without more than a name it may all that its user may, for as long as allowed."""

    name: Required[str]
    note: str
    expires_at: datetime | None
    can_write: bool
    networks: list[str]
    predecessor: PersonalAccessToken
    supersedes_on_use: bool


class TokenManager(models.Manager.from_queryset(TokenQuerySet)):  # type: ignore[misc]
    def issue(
        self,
        *,
        membership: Membership,
        idempotency_key: uuid.UUID | None = None,
        now: datetime | None = None,
        **terms: Unpack[Terms],
    ) -> tuple[PersonalAccessToken, str]:
        """Make a token, the one way there is; return it with its secret, which is kept nowhere.

        It lives no longer than the account allows. A second token for the same `idempotency_key`, which the form
        carries, is an `IntegrityError`.
        """
        now = now or timezone.now()
        text = token_format.generate()
        latest = latest_expiry(membership.account, now)
        ends = [at for at in (terms.get("expires_at"), latest) if at]
        values = {**terms, "expires_at": min(ends, default=None)}
        token = self.create(
            membership=membership,
            digest=token_format.digest(text),
            hint=text[-4:],
            idempotency_key=idempotency_key or uuid.uuid4(),
            created_at=now,
            **values,
        )
        return token, text


class PersonalAccessToken(models.Model):
    """A key with which external software acts as one user in one account (R-T1, R-T4)."""

    class State(models.TextChoices):
        LIVE = "live", _("live")
        EXPIRED = "expired", _("expired")
        SUPERSEDED = "superseded", _("replaced")
        REVOKED = "revoked", _("deleted")

    class Reason(models.TextChoices):
        DELETED = "deleted", _("deleted")
        LEAKED = "leaked", _("reported as leaked")
        OFFBOARDED = "offboarded", _("user deactivated")

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="tokens", verbose_name=_("user"))
    name = NameField(_("name"), max_length=100, help_text=_("Say what uses it, such as “ERP import”."))
    note = models.CharField(
        _("note"), max_length=500, blank=True, help_text=_("For example: who looks after it, and where it is kept.")
    )
    digest = models.CharField(max_length=73, unique=True, editable=False)
    hint = models.CharField(_("ends with"), max_length=4, editable=False)
    idempotency_key = models.UUIDField(unique=True, editable=False)
    can_write = models.BooleanField(_("may write"), default=True)
    networks = models.JSONField(_("allowed networks"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    reminded_days = models.PositiveSmallIntegerField(null=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    last_used_ip = models.GenericIPAddressField(_("last address"), null=True, editable=False)
    last_used_agent = models.CharField(_("last software"), max_length=AGENT_LENGTH, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("deleted"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("deleted by")
    )
    revocation_reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True, editable=False)
    predecessor = models.OneToOneField(
        "self", models.SET_NULL, null=True, editable=False, related_name="successor", verbose_name=_("replaces")
    )
    supersedes_on_use = models.BooleanField(default=False, editable=False)
    superseded_at = models.DateTimeField(_("replaced"), null=True, editable=False)

    objects = TokenManager()

    class Meta:
        verbose_name = _("personal access token")
        verbose_name_plural = _("personal access tokens")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            # reminders.due: the live tokens that end within thirty days
            models.Index(fields=["expires_at"], name="token_expiry", condition=Q(revoked_at=None)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def account(self) -> Account:
        return self.membership.account

    @property
    def masked(self) -> str:
        return f"{token_format.PREFIX}…{self.hint}"

    @property
    def state(self) -> State:
        return self.state_at(timezone.now())

    def state_at(self, now: datetime) -> State:
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.superseded_at is not None and self.superseded_at <= now:
            return self.State.SUPERSEDED
        if self.expires_at is not None and self.expires_at <= now:
            return self.State.EXPIRED
        return self.State.LIVE

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE

    @property
    def is_stopped(self) -> bool:
        """Tell whether the token is refused all the same, because its user may not use the API (R-A2)."""
        return not rights.may_use_api(self.membership)

    @property
    def is_rotated(self) -> bool:
        """Tell whether there is a successor; one that was deleted or expired leaves this token to be rotated again."""
        useless = self.State.REVOKED, self.State.EXPIRED
        return hasattr(self, "successor") and self.successor.state not in useless

    def revoke(self, by: User | None, now: datetime | None = None, reason: str = Reason.DELETED) -> bool:
        """End the token; return whether nobody had. The row stays, to tell who ended it first, when and why."""
        values = {"revoked_at": now or timezone.now(), "revoked_by": by, "revocation_reason": reason}
        ended = PersonalAccessToken.objects.filter(pk=self.pk, revoked_at=None).update(**values)
        self.refresh_from_db(fields=["revoked_at", "revoked_by", "revocation_reason"])
        return ended > 0

    def rotate(
        self, *, overlap: timedelta | None, expires_at: datetime | None, idempotency_key: uuid.UUID, now: datetime
    ) -> tuple[PersonalAccessToken, str]:
        """Issue a successor that may no more than this token, which ends after `overlap`.

        Without an overlap this token ends when the new one is first used. A second successor is an `IntegrityError`.
        """
        with transaction.atomic():
            if not self.is_rotated:
                PersonalAccessToken.objects.filter(predecessor=self).update(predecessor=None)
            successor, secret = type(self).objects.issue(
                membership=self.membership,
                idempotency_key=idempotency_key,
                now=now,
                name=self.name,
                note=self.note,
                expires_at=expires_at,
                can_write=self.can_write,
                networks=self.networks,
                predecessor=self,
                supersedes_on_use=overlap is None,
            )
            if overlap is not None:
                self.supersede(now + overlap)
        return successor, secret

    def supersede(self, at: datetime) -> list[PersonalAccessToken]:
        """End the token then, and those before it that wait for the first use of their successors; return whom."""
        ended: list[PersonalAccessToken] = []
        token: PersonalAccessToken | None = self
        while token and (token is self or token.superseded_at is None):
            if token.revoked_at is None and (token.superseded_at is None or token.superseded_at > at):
                token.superseded_at = at
                token.save(update_fields=["superseded_at"])
                ended.append(token)
            token = PersonalAccessToken.objects.with_people().filter(successor=token).first()
        return ended

    def mark_used(self, ip: str | None, agent: str, now: datetime) -> bool:
        """Remember when, from where and by what the token was used, at most once a minute; return whether it was."""
        if self.last_used_at is not None and self.last_used_at >= now - LAST_USED_STEP:
            return False
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_STEP)
        used = {"last_used_at": now, "last_used_ip": ip, "last_used_agent": agent[:AGENT_LENGTH]}
        return PersonalAccessToken.objects.filter(stale, pk=self.pk).update(**used) > 0


def latest_expiry(account: Account, now: datetime) -> datetime | None:
    """Return when a token that is made now ends at the latest, or None where the account sets no longest life."""
    days = account.max_token_lifetime_days
    return now + timedelta(days=days) if days else None

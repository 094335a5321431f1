"""The audit log's rows: written once by `accounts.audit`, never changed, each sealed over the one before."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models.base import ModelBase
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Account, User

FIRST = "0" * 64  # what the first entry of an account is chained to


class AppendOnlyError(RuntimeError):
    """An entry of the audit log was to be changed or removed."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def of(self, account: Account) -> AuditQuerySet:
        return self.filter(account=account)

    def newest_first(self) -> AuditQuerySet:
        return self.order_by("-number")

    def update(self, **kwargs: object) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError

    def bulk_update(self, objs: Iterable[AuditEntry], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        raise AppendOnlyError

    def bulk_create(self, objs: Iterable[AuditEntry], *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnlyError


class AuditEntry(models.Model):
    """Who did what, when, from where. It outlives the account and the people that it names."""

    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="audit_entries"
    )
    number = models.PositiveBigIntegerField()  # counts from 1 in each account, without a gap
    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+")
    actor_name = models.CharField(max_length=420)  # name and e-mail, as they were
    via = models.CharField(max_length=8)
    token = models.CharField(max_length=100)
    action = models.CharField(max_length=50)
    subject = models.CharField(max_length=300)
    detail = models.TextField()  # JSON as text, so that it is sealed as it stands on every database
    ip = models.CharField(max_length=45)
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # It also finds the last entry, and pages through the log.
            models.UniqueConstraint(fields=["account", "number"], name="audit_number_in_account"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The log of one action.
            models.Index(fields=["account", "action", "-number"], name="audit_of_action"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}.{self.number} {self.action}"

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(force_insert=True, using=using)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> NoReturn:
        raise AppendOnlyError

    @property
    def facts(self) -> dict[str, object]:
        facts: dict[str, object] = json.loads(self.detail)
        return facts

    def computed_seal(self, key: str) -> str:
        """Return the HMAC-SHA256 of the entry, and of the seal before it, under one of the installation's keys."""
        parts = [
            self.previous,
            str(self.account_id),
            str(self.number),
            self.at.isoformat(timespec="microseconds"),
            str(self.actor_id),
            self.actor_name,
            self.via,
            self.token,
            self.action,
            self.subject,
            self.detail,
            self.ip,
        ]
        return hmac.new(_derived(key), json.dumps(parts).encode(), hashlib.sha256).hexdigest()

    def sealed_by(self, keys: Iterable[str]) -> str | None:
        """Return the first of the keys that made the seal; None where the entry was changed, or its key is gone."""
        return next((key for key in keys if hmac.compare_digest(self.seal, self.computed_seal(key))), None)


def seal_keys() -> list[str]:
    """Return the keys that seals are checked with, the newest first. `SALT_KEYS` sealed before `AUDIT_KEYS` did."""
    return list(dict.fromkeys([*settings.AUDIT_KEYS, *settings.SALT_KEY]))


def dumps(detail: Mapping[str, object]) -> str:
    """Return JSON in ASCII: any text survives any database, and reads back as the same bytes."""
    return json.dumps(detail, sort_keys=True, default=str)


def fingerprint(text: str) -> str:
    """Return 8 hexadecimal digits that tell two secrets apart and give neither away."""
    return hmac.new(_derived(settings.SALT_KEY[0]), text.encode(), hashlib.sha256).hexdigest()[:8]


def _derived(key: str) -> bytes:
    return hashlib.sha256(b"audit log:" + key.encode()).digest()

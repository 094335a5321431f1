"""Lists that fields of forms draw from."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account


class ValueListQuerySet(models.QuerySet["ValueList"]):
    def of(self, account: Account) -> ValueListQuerySet:
        return self.filter(account=account)


class ValueList(models.Model):
    account = models.ForeignKey(Account, models.CASCADE, related_name="value_lists")
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=200)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ValueListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name


class ListEntry(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    list = models.ForeignKey(ValueList, models.CASCADE, related_name="entries", db_index=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=500)
    order = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("list entry")
        verbose_name_plural = _("list entries")
        ordering: ClassVar[list[str]] = ["order", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["list", "uuid"], name="one_list_entry_per_uuid"),
        ]

    def __str__(self) -> str:
        return self.name

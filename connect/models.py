from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User


class ConnectRequestQuerySet(models.QuerySet["ConnectRequest"]):
    def of(self, account: Account) -> ConnectRequestQuerySet:
        return self.filter(account=account)

    def open(self) -> ConnectRequestQuerySet:
        return self.filter(state=ConnectRequest.State.SUBMITTED)


class ConnectRequest(models.Model):
    """An account's wish for PlanRadar Connect, which Customer Success reviews (R-C1)."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="connect_requests", verbose_name=_("account"), editable=False
    )
    requested_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("requested by"), editable=False
    )
    apps = models.CharField(
        _("apps to connect"), max_length=500, help_text=_("For example: SharePoint, Procore, an ERP system.")
    )
    purpose = models.TextField(
        _("what should happen"),
        max_length=5000,
        help_text=_("For example: when a ticket is closed, add a row to our list of defects."),
    )
    contact = models.CharField(_("who to talk to"), max_length=200)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.SUBMITTED)
    created_at = models.DateTimeField(_("submitted"), default=timezone.now, editable=False)

    objects = ConnectRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Connect request")
        verbose_name_plural = _("Connect requests")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="submitted"), name="one_open_connect_request_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.apps}"

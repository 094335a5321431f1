"""Asking for a higher limit, and the notice that the limit was reached."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User

MOST = 10_000  # requests a minute that anybody can ask for
NOTICE_STEP = timedelta(days=1)


class LimitRequestQuerySet(models.QuerySet["LimitRequest"]):
    def of(self, account: Account) -> LimitRequestQuerySet:
        return self.filter(account=account)

    def open(self) -> LimitRequestQuerySet:
        return self.filter(state=LimitRequest.State.SUBMITTED)


class LimitRequest(models.Model):
    """An owner's request for a higher limit (R-T5), which Customer Success grants or declines."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        GRANTED = "granted", _("granted")
        DECLINED = "declined", _("declined")

    NEEDS_REVIEW = (State.SUBMITTED,)

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="limit_requests", verbose_name=_("account"), editable=False
    )
    requested_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("requested by"), editable=False
    )
    number = models.PositiveIntegerField(
        _("requests a minute"), validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    reason = models.TextField(_("reason"), max_length=2000, help_text=_("What calls the API, how often, and what for."))
    usage = models.JSONField(_("use in the 24 hours before"), default=list, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.SUBMITTED, editable=False)
    granted = models.PositiveIntegerField(
        _("requests a minute, granted"), null=True, validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by"), editable=False
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    created_at = models.DateTimeField(_("submitted"), default=timezone.now, editable=False)

    objects = LimitRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a higher limit")
        verbose_name_plural = _("requests for a higher limit")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="submitted"), name="one_open_limit_request_per_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.number}"

    def grant(self, number: int, *, by: User, answer: str, now: datetime) -> bool:
        """Raise the account's limit, from its next request on; return whether the request was still open."""
        with transaction.atomic():
            is_open = self._decide(self.State.GRANTED, by=by, answer=answer, now=now, granted=number)
            if is_open:
                Account.objects.filter(pk=self.account_id).update(api_rate_limit=number)
        return is_open

    def decline(self, *, by: User, answer: str, now: datetime) -> bool:
        return self._decide(self.State.DECLINED, by=by, answer=answer, now=now, granted=None)

    def _decide(self, state: State, *, by: User, answer: str, now: datetime, granted: int | None) -> bool:
        values = {"state": state, "decided_by": by, "answer": answer, "decided_at": now, "granted": granted}
        changed = LimitRequest.objects.open().filter(pk=self.pk).update(**values)
        self.refresh_from_db()
        return changed > 0


class LimitNoticeQuerySet(models.QuerySet["LimitNotice"]):
    def take(self, account: Account, now: datetime) -> bool:
        """Return whether this caller is to tell the owner; one caller a day is."""
        notice, is_new = self.get_or_create(account=account, defaults={"sent_at": now})
        return is_new or self.filter(pk=notice.pk, sent_at__lte=now - NOTICE_STEP).update(sent_at=now) > 0


class LimitNotice(models.Model):
    """When the owner was last told that the account's limit was used up."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="limit_notice")
    sent_at = models.DateTimeField()

    objects = LimitNoticeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.account_id} {self.sent_at}"

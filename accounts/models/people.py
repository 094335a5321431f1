"""People, and the accounts that they belong to."""

from __future__ import annotations

import zoneinfo
from datetime import tzinfo
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Collate, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.collation import ROOT
from lib.names import NameField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


def is_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("%(name)s is no time zone."), params={"name": name})


class User(AbstractBaseUser, PermissionsMixin):
    """A person, who signs in by e-mail and may belong to several accounts. `is_staff` is Customer Success."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = NameField(pgettext_lazy("person", "name"), max_length=150)
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, blank=True, help_text=_("Empty: as the browser asks.")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Vienna", validators=[is_time_zone])
    is_staff = models.BooleanField(_("Customer Success"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    last_account = models.ForeignKey("Account", models.SET_NULL, null=True, editable=False, related_name="+")
    second_factor_due_at = models.DateTimeField(null=True, editable=False)  # set when first seen to need one
    date_joined = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save. The e-mail stands here and nowhere else, in lower case: no other opens the way in."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)
        if "email" in (kwargs.get("update_fields") or ["email"]):
            self.emailaddress_set.exclude(email=self.email).delete()  # type: ignore[attr-defined]  # allauth's copies

    @property
    def zone(self) -> tzinfo:
        """Return their time zone; UTC where this machine no longer knows it."""
        try:
            return zoneinfo.ZoneInfo(self.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return zoneinfo.ZoneInfo("UTC")

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Account(models.Model):
    """A customer. Its number is the `customer_id` in the addresses of the API."""

    class SecondFactorFor(models.TextChoices):
        NOBODY = "nobody", _("nobody")
        MANAGERS = "managers", _("the account owner and users who manage users")
        EVERYBODY = "everyone", _("everyone")

    name = NameField(_("name"), max_length=150)
    owner = models.OneToOneField(
        "Membership", models.PROTECT, null=True, related_name="owned_account", verbose_name=_("account owner")
    )
    api_rate_limit = models.PositiveIntegerField(
        _("API requests a minute"), null=True, blank=True, help_text=_("Empty: the default limit.")
    )
    max_token_lifetime_days = models.PositiveSmallIntegerField(
        _("longest life of a token, in days"), null=True, blank=True, help_text=_("Empty: tokens may last forever.")
    )
    second_factor_for = models.CharField(
        _("Second factor required for"),
        max_length=8,
        choices=SecondFactorFor,
        default=SecondFactorFor.NOBODY,
        help_text=_("They get some days to set one up at their next visit. Tokens keep working."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.name

    @property
    def requests_per_minute(self) -> int:
        return self.api_rate_limit or settings.API_RATE_LIMIT

    def requires_second_factor_of(self, member: Membership) -> bool:
        if self.second_factor_for == self.SecondFactorFor.MANAGERS:
            return member.can_manage_users or self.owner_id == member.pk
        return self.second_factor_for == self.SecondFactorFor.EVERYBODY


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, account: Account) -> MembershipQuerySet:
        return self.filter(account=account).select_related("user", "account")

    def joined(self) -> MembershipQuerySet:
        """Leave out those who were invited and have not accepted: nothing that they are elsewhere may show here."""
        return self.exclude(joined_at=None)

    def active(self) -> MembershipQuerySet:
        return self.joined().filter(is_active=True, user__is_active=True)

    def in_state(self, state: Membership.State) -> MembershipQuerySet:
        if state == Membership.State.ACTIVE:
            return self.active()
        if state == Membership.State.INVITED:
            return self.filter(joined_at=None)
        return self.joined().filter(models.Q(is_active=False) | models.Q(user__is_active=False))

    def matching(self, text: str) -> MembershipQuerySet:
        """Find a part of a name or e-mail, or a user's number."""
        found = models.Q(name__icontains=text) | models.Q(user__email__icontains=text)
        if text.isdecimal() and len(text) < 19:
            found |= models.Q(user_id=int(text), joined_at__isnull=False)
        return self.filter(found)


class Membership(models.Model):
    """A user's place in an account, and what they may do there; `accounts.rights` says what follows from it."""

    class Kind(models.TextChoices):
        INTERNAL = "internal", _("internal user")
        EXTERNAL = "external", _("external user")

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        INVITED = "invited", _("invited")
        DEACTIVATED = "deactivated", _("deactivated")

    account = models.ForeignKey(Account, models.CASCADE, related_name="memberships", verbose_name=_("account"))
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    name = NameField(
        pgettext_lazy("person", "name"),
        max_length=150,
        blank=True,
        help_text=_("As this account calls them. Empty: as they call themself."),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.INTERNAL)
    is_watcher = models.BooleanField(_("watcher"), default=False)  # an external user who only looks on
    company = models.CharField(_("company"), max_length=150, blank=True)
    position = models.CharField(_("position"), max_length=150, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    zipcode = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    tel = models.CharField(_("telephone"), max_length=50, blank=True)
    can_manage_users = models.BooleanField(_("manage users"), default=False)
    has_api_access = models.BooleanField(_("API access"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "user"], name="one_membership_per_user_and_account"),
            models.CheckConstraint(
                name="external_users_have_no_api_access",  # R-A1
                condition=models.Q(kind="internal") | models.Q(has_api_access=False),
            ),
            models.CheckConstraint(
                name="external_users_manage_no_users",
                condition=models.Q(kind="internal") | models.Q(can_manage_users=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The list of an account's users by name.
            models.Index("account", Collate("name", ROOT), "id", name="members_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.user} ({self.account})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name = self.name or self.user.name
        super().save(*args, **kwargs)

    @property
    def state(self) -> Membership.State:
        if self.joined_at is None:
            return self.State.INVITED
        return self.State.ACTIVE if self.is_active and self.user.is_active else self.State.DEACTIVATED

    @property
    def is_owner(self) -> bool:
        return self.account.owner_id == self.pk

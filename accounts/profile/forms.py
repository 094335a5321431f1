from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any, ClassVar

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm, ResetPasswordKeyForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.access import AccountRequest
from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.models import Account, Membership, User
from accounts.profile.password_rules import LONGEST
from lib.timing import constant_time

RESET_AFTER = 0.5  # seconds


@cache  # they are looked up in files
def time_zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if "/" in name] + [
        ("UTC", "UTC")
    ]


class LongSelect(forms.Select):
    """A select of hundreds, laid out in one template instead of one for each option: much faster."""

    template_name = "accounts/_long_select.html"


def languages() -> list[tuple[str, str]]:
    """Return the languages as they call themselves, so that nobody is stuck in one that they cannot read."""
    own = [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]
    return [("", _("As the browser asks")), *own]


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, widget=LongSelect)

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["name", "language", "time_zone"]

    def save_noted(self, *, ip: str) -> None:
        """Save; a new name is taken over, and written down, by every account that the person belongs to."""
        user, was = self.instance, self.initial["name"]
        with transaction.atomic():
            user.save(update_fields=self.Meta.fields)
            if user.name == was:
                return
            for member in Membership.objects.joined().filter(user=user).select_related("account").order_by("account"):
                member.name = user.name
                member.save(update_fields=["name"])
                audit_log.record(
                    "profile.changed",
                    account=member.account,
                    actor=Actor(user, via="page"),
                    subject=f"{user.name} <{user.email}>",
                    detail={"name": {"from": was, "to": user.name}},
                    ip=ip,
                )


def strength_words() -> str:
    """Return the words of `password.js` for a strength, from weak to strong."""
    return "|".join(str(word) for word in (_("weak"), _("fair"), _("good"), _("strong")))


class BoundPasswordsMixin(forms.Form):
    """Bounds passwords before they are hashed, and lets the page show how strong a new one is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"password", "oldpassword", "password1", "password2"} & self.fields.keys():
            field = self.fields[name]
            field.validators.append(MaxLengthValidator(LONGEST))
            field.widget.attrs["maxlength"] = LONGEST
        if "password1" in self.fields:
            self.fields["password1"].widget.attrs["data-strength"] = strength_words()


class ChangePasswordForm(BoundPasswordsMixin, AllauthChangePasswordForm):
    pass


class NewPasswordForm(BoundPasswordsMixin, ResetPasswordKeyForm):
    pass


class SignInForm(BoundPasswordsMixin, LoginForm):
    """allauth's form without placeholders, since every field has a label, and with the link outside the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class ResetPasswordForm(AllauthResetPasswordForm):
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Take as long for an unknown e-mail as for a known one."""
        with constant_time(RESET_AFTER):
            email: str = super().save(request, **kwargs)
        return email


class ReauthenticateForm(BoundPasswordsMixin, AllauthReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class AccountForm(forms.ModelForm):
    class Meta:
        model = Account
        fields: ClassVar[list[str]] = ["name", "second_factor_for"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and "second_factor_for" not in self.data:
            del self.fields["second_factor_for"]  # who does not speak of the rule leaves it as it is

    def save_noted(self, request: AccountRequest) -> None:
        """Save only what the form shows: the account may be handed over at the same time."""
        before = {name: self.initial[name] for name in self.changed_data}
        changes = audit_log.changes(before, {name: self.cleaned_data[name] for name in self.changed_data})
        if changes:
            with audit_log.recorded(request, "account.changed", subject=self.instance.name, detail=changes):
                self.instance.save(update_fields=self.Meta.fields)

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.members import invitations
from accounts.models import Invitation
from accounts.profile.forms import strength_words
from accounts.profile.password_rules import LONGEST
from lib.names import NameFormField


def _rules_of_passwords() -> str:
    return " ".join(password_validators_help_texts())


class JoinForm(forms.Form):
    """Nothing to fill in: a user who has a password joins one more account."""

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def save(self, *, ip: str) -> bool:
        """Let the person in; False if the invitation has ended."""
        return invitations.accept(self.invitation, ip=ip)


class PasswordForm(JoinForm):
    name = NameFormField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=lazy(_rules_of_passwords, str)(),
    )
    again = forms.CharField(
        label=_("Password once more"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = self.invitation.membership.name
        self.fields["password"].widget.attrs["data-strength"] = strength_words()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.invitation.membership.user)
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("The two passwords differ. Type the same twice."))
        return again

    def save(self, *, ip: str) -> bool:
        person = invitations.Person(self.cleaned_data["name"], make_password(self.cleaned_data["password"]))
        return invitations.accept(self.invitation, ip=ip, person=person)

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import rights
from accounts.acting import ActingMember
from accounts.members import services
from accounts.models import Membership


class OwnerForm(forms.Form):
    """The new owner is typed, not picked: it is a thing to do on purpose, and the list may be long."""

    email = forms.EmailField(
        label=_("E-mail of the new account owner"), help_text=_("An active internal user of this account.")
    )

    def __init__(self, *args: Any, by: ActingMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        found = Membership.objects.of(self.by.member.account).filter(user__email__iexact=email).first()
        if found is None:
            raise forms.ValidationError(_("No user of this account has this e-mail."))
        if found == self.by.member:
            raise forms.ValidationError(_("You are the account owner already."))
        if not rights.may_hand_over_to(self.by.member, found):
            raise forms.ValidationError(_("Only an active internal user can become the account owner."))
        self.member = found
        return email

    def hand_over(self) -> Membership:
        services.hand_over(self.member, by=self.by)
        return self.member

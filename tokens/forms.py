from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms

from accounts.models import Membership
from tokens.models import PersonalAccessToken


class TokenForm(forms.ModelForm):
    class Meta:
        model = PersonalAccessToken
        fields: ClassVar[list[str]] = ["name"]


class TokenCreateForm(TokenForm):
    """`once` is new in every blank form and spent by the token that it makes."""

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["once"] = uuid.uuid4()

    def issue(self, *, membership: Membership) -> tuple[PersonalAccessToken, str]:
        return PersonalAccessToken.objects.issue(
            membership=membership, name=self.cleaned_data["name"], once=self.cleaned_data["once"]
        )

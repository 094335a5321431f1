from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Account, Membership
from lib.edit_conflict import EditConflictMixin
from tokens.fields import DayField, NetworksField, refuse_later_than_allowed
from tokens.models import LimitRequest, PersonalAccessToken
from tokens.rate_limit import usage

PRESETS = [7, 30, 90, 365]  # days
USUAL = 90
ON_DATE, NEVER = "date", "never"
READ, WRITE = "read", "write"
OVERLAPS: dict[str, timedelta | None] = {
    "0": timedelta(0),
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "use": None,
}


class LifeForm(forms.Form):
    """How long a token lives, and the key that is spent by the token that the form makes."""

    life = forms.ChoiceField(label=_("Expires"))
    last_day = DayField(
        label=_("Last day"), help_text=_("Only for “on a date”: the token works until that day is over.")
    )
    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.initial["idempotency_key"] = uuid.uuid4()
        choices, usual = life_choices(account.max_token_lifetime_days)
        self.fields["life"].choices = choices  # type: ignore[attr-defined]  # it is the ChoiceField above
        self.initial.setdefault("life", usual)

    def clean(self) -> None:
        super().clean()
        life, day, now = self.cleaned_data.get("life"), self.cleaned_data.get("last_day"), timezone.now()
        if life == ON_DATE and day is None and "last_day" not in self.errors:
            self.add_error("last_day", _("Choose the last day on which the token works."))
        if life is None or self.errors:
            return
        ends = {ON_DATE: day, NEVER: None}
        expires_at = ends[life] if life in ends else now + timedelta(days=int(life))
        try:
            self.cleaned_data["expires_at"] = refuse_later_than_allowed(expires_at, self.account, now)
        except ValidationError as error:
            self.add_error("last_day", error)


def life_choices(longest: int | None) -> tuple[list[tuple[str, object]], str]:
    """Return the lives that an account allows, and the one that is chosen to begin with."""
    days = [preset for preset in PRESETS if longest is None or preset < longest] + ([longest] if longest else [])
    choices: list[tuple[str, object]] = [
        (str(number), ngettext("in %(number)s day", "in %(number)s days", number) % {"number": number})
        for number in days
    ]
    choices.append((ON_DATE, _("on a date")))
    if longest is None:
        choices.append((NEVER, _("never")))
    return choices, str(min(USUAL, days[-1]))


class TokenCreateForm(LifeForm, forms.ModelForm):
    access = forms.ChoiceField(
        label=_("Access"),
        choices=[(WRITE, _("read and write")), (READ, _("read only"))],
        initial=WRITE,
        widget=forms.RadioSelect,
    )
    networks = NetworksField()
    field_order = ("name", "note", "life", "last_day", "access", "networks")

    class Meta:
        model = PersonalAccessToken
        fields: ClassVar[list[str]] = ["name", "note"]
        widgets: ClassVar[dict[str, forms.Widget]] = {"name": forms.TextInput(attrs={"autofocus": True})}

    def issue(self, *, membership: Membership) -> tuple[PersonalAccessToken, str]:
        values = self.cleaned_data
        return PersonalAccessToken.objects.issue(
            membership=membership,
            idempotency_key=values["idempotency_key"],
            name=values["name"],
            note=values["note"],
            expires_at=values["expires_at"],
            can_write=values["access"] == WRITE,
            networks=values["networks"],
        )


class TokenEditForm(EditConflictMixin, forms.ModelForm):
    """Name and note are free; all else can only be narrowed."""

    earlier_day = DayField(label=_("End earlier"), help_text=_("The last day on which the token works."))
    read_only = forms.BooleanField(label=_("From now on, read only"), required=False)
    networks = NetworksField()
    field_order = ("name", "note", "earlier_day", "read_only", "networks")
    conflict_fields = ("name", "note", "networks")

    class Meta:
        model = PersonalAccessToken
        fields: ClassVar[list[str]] = ["name", "note"]
        widgets: ClassVar[dict[str, forms.Widget]] = {"name": forms.TextInput(attrs={"autofocus": True})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["networks"].within = self.instance.networks  # type: ignore[attr-defined]  # it is the field above
        self.initial["networks"] = self.instance.networks
        if not self.instance.can_write:
            del self.fields["read_only"]

    def clean_earlier_day(self) -> datetime | None:
        day, present = self.cleaned_data["earlier_day"], self.instance.expires_at
        if day and present and day > present:
            raise ValidationError(_("The token ends before that. A token can be narrowed, not widened: rotate it."))
        return day

    def save(self, commit: bool = True) -> PersonalAccessToken:
        values, token = self.cleaned_data, self.instance
        token.networks = values["networks"]
        token.expires_at = values["earlier_day"] or token.expires_at
        token.can_write = token.can_write and not values.get("read_only")
        token.save(update_fields=["name", "note", "networks", "expires_at", "can_write"])
        return token


class TokenRotateForm(LifeForm):
    overlap = forms.ChoiceField(
        label=_("The old token ends"),
        choices=[
            ("use", _("when the new one is first used")),
            ("0", _("at once")),
            ("1h", _("in 1 hour")),
            ("24h", _("in 24 hours")),
            ("7d", _("in 7 days")),
        ],
        initial="use",
        widget=forms.RadioSelect,
    )
    field_order = ("overlap", "life", "last_day")

    def rotate(self, token: PersonalAccessToken) -> tuple[PersonalAccessToken, str]:
        values = self.cleaned_data
        return token.rotate(
            overlap=OVERLAPS[values["overlap"]],
            expires_at=values["expires_at"],
            idempotency_key=values["idempotency_key"],
            now=timezone.now(),
        )


class LongestLifeForm(forms.ModelForm):
    class Meta:
        model = Account
        fields: ClassVar[list[str]] = ["max_token_lifetime_days"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["max_token_lifetime_days"].validators += [MinValueValidator(1), MaxValueValidator(3650)]

    def save(self, commit: bool = True) -> int:
        """Save the rule and cut the tokens that live too long; return how many."""
        with transaction.atomic():
            self.instance.save(update_fields=["max_token_lifetime_days"])
            days = self.instance.max_token_lifetime_days
            tokens = PersonalAccessToken.objects.in_account(self.instance)
            return tokens.cap_expiry(days, timezone.now()) if days else 0


class LimitRequestForm(forms.ModelForm):
    class Meta:
        model = LimitRequest
        fields: ClassVar[list[str]] = ["number", "reason"]

    def clean_number(self) -> int:
        number, present = self.cleaned_data["number"], self.instance.account.requests_per_minute
        if number <= present:
            raise ValidationError(_("You have %(number)s already. Ask for more."), params={"number": present})
        return number

    def submit(self) -> bool:
        """Send the request, with the use of the last day; return False where another one is open."""
        hours = usage.of_account(self.instance.account, timezone.now())
        self.instance.usage = [[str(count.label), count.served, count.refused] for count in hours]
        try:
            with transaction.atomic():
                self.instance.save()
        except IntegrityError:
            return False
        return True

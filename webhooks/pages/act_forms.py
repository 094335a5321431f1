"""What the owner is asked before an act on a webhook."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.dates import MomentField
from webhooks.models.webhook import MAX_PER_MINUTE


class SecretForm(forms.Form):
    """Asks for a new signing secret. `once` makes sure that sending it again makes no second one."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ResumeForm(forms.Form):
    """What becomes of the events that were held while the webhook was off."""

    held = forms.ChoiceField(
        label=_("Events held while it was off"),
        choices=[
            ("all", _("Send all of them, the oldest first")),
            ("since", _("Send those since a date, discard the older ones")),
            ("none", _("Discard all of them")),
        ],
        widget=forms.RadioSelect,
        initial="all",
    )
    since = MomentField(label=_("Since"), required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("held") == "since" and not data.get("since") and "since" not in self.errors:
            self.add_error("since", _("Enter the date and time from which to send."))
        return data

    def discard_before(self, now: datetime) -> datetime | None:
        """Return up to when events are given up; None to send all."""
        return {"all": None, "since": self.cleaned_data["since"], "none": now}[self.cleaned_data["held"]]


class RecoverForm(forms.Form):
    since = MomentField(label=_("Since"))


class BackfillForm(forms.Form):
    since = MomentField(label=_("Since"))
    per_minute = forms.IntegerField(
        label=_("Maximum events per minute"),
        required=False,
        min_value=1,
        max_value=MAX_PER_MINUTE,
        help_text=_("Leave blank to send as fast as the receiver takes them."),
    )

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.audit.actions import GROUPS
from accounts.models.audit import AuditQuerySet
from lib.dates import DayField, midnight


def _actions() -> list[Any]:
    return [("", _("anything")), *((group, [*actions.items()]) for group, actions in GROUPS.items())]


class AuditFilter(forms.Form):
    """Read from the address. What cannot be read filters nothing, and is said beside its field."""

    actor = forms.CharField(
        label=_("Who"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Name or e-mail")}),
    )
    action = forms.ChoiceField(
        label=_("What"),
        choices=_actions,
        required=False,
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", _("This day lies before the first one."))
        return values

    def apply(self, entries: AuditQuerySet) -> AuditQuerySet:
        self.is_valid()
        values = self.cleaned_data
        if actor := values.get("actor"):
            entries = entries.filter(Q(actor_name__icontains=actor) | Q(token__icontains=actor))
        if action := values.get("action"):
            entries = entries.filter(action=action)
        if since := values.get("since"):
            entries = entries.filter(at__gte=midnight(since))
        if until := values.get("until"):
            entries = entries.filter(at__lt=midnight(until + timedelta(days=1)))
        return entries.newest_first()

    @property
    def is_filtered(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields)

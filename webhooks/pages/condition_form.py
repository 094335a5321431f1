"""The part of the webhook form on conditions: of which tickets the receiver is told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Membership, User
from webhooks.conditions import PRIORITIES, STATUSES, Conditions
from webhooks.models import Webhook

CONDITIONS = {"statuses": "statuses", "min_priority": "min_priority", "assignees": "assignees", "form_ids": "forms"}
MAX_FORMS = 50


def _number(value: str) -> int | None:
    return int(value) if value else None


class ConditionForm(forms.ModelForm):
    """All conditions must hold; an empty one does not count. Events of projects are never filtered."""

    statuses = forms.TypedMultipleChoiceField(
        label=_("Status becomes"),
        choices=list(STATUSES.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A change is sent only if it sets one of these. None chosen: any status."),
    )
    min_priority = forms.TypedChoiceField(
        label=_("Priority at least"),
        choices=[("", _("any")), (2, PRIORITIES[2]), (3, PRIORITIES[3])],
        coerce=_number,
        empty_value=None,
        required=False,
    )
    assignees = forms.TypedMultipleChoiceField(
        label=_("Assigned to"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    form_ids = forms.CharField(
        label=_("Form"),
        max_length=2000,
        required=False,
        help_text=_("IDs of forms, separated by commas. Leave blank for any form."),
    )

    def add_conditions(self, account: Account) -> None:
        """Offer the account's people, and those whom the webhook names already."""
        stored: Conditions = self.instance.conditions
        members = Membership.objects.of(account).select_related("user").order_by("user__name", "user__email")
        names = {member.user_id: f"{member.name} ({member.user.email})" for member in members}
        field = self.fields["assignees"]
        field.choices = list(names.items())  # type: ignore[attr-defined]
        values: dict[str, Any] = dict(stored) | {"forms": ", ".join(stored.get("forms", []))}
        for field_name, name in CONDITIONS.items():
            self.initial.setdefault(field_name, values.get(name))

    def clean_form_ids(self) -> list[str]:
        ids = [part.strip() for part in self.cleaned_data["form_ids"].split(",")]
        found = list(dict.fromkeys(part for part in ids if part))
        if len(found) > MAX_FORMS or any(len(each) > 100 for each in found):
            raise forms.ValidationError(_("Enter at most 50 IDs of up to 100 characters each."))
        return found

    @property
    def conditions(self) -> Conditions:
        data = self.cleaned_data
        chosen: Any = {name: data[field] for field, name in CONDITIONS.items() if data.get(field)}
        return chosen


def words_of(webhook: Webhook) -> list[str]:
    """Return a line for each condition of a webhook. One query at most."""
    conditions, lines = webhook.conditions, []
    if statuses := conditions.get("statuses"):
        lines.append(f"{_('Status becomes')}: {', '.join(str(STATUSES[number]) for number in statuses)}")
    if priority := conditions.get("min_priority"):
        lines.append(f"{_('Priority at least')}: {PRIORITIES[priority]}")
    if ids := conditions.get("assignees"):
        names = User.objects.filter(pk__in=ids).order_by("name").values_list("name", flat=True)
        lines.append(f"{_('Assigned to')}: {', '.join(names)}")
    if form_ids := conditions.get("forms"):
        lines.append(f"{_('Form')}: {', '.join(form_ids)}")
    return lines

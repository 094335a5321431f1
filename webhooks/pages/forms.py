from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Account, Project
from lib.edit_conflict import EditConflictMixin
from webhooks import events
from webhooks.http import ssrf
from webhooks.http.request import check_url
from webhooks.models import Webhook
from webhooks.models.webhook import origin_of
from webhooks.pages.authentication_form import AuthenticationForm, refuse_second_authorization
from webhooks.pages.condition_form import CONDITIONS, ConditionForm
from webhooks.pages.header_forms import BaseHeaderFormSet
from webhooks.pages.preview import Preview, look_back

CAPS = ["in_order", "max_in_flight", "max_per_minute"]
SECRETS = ["authentication", "basic_user", "basic_password", "bearer_token"]
EDITABLE = ["description", "url", "events", "all_projects", "conditions", *SECRETS, *CAPS]


class WebhookForm(EditConflictMixin, AuthenticationForm, ConditionForm):
    """The webhook's details; its headers are in `header_forms`.

    What is secret is bound to the receiver: a new scheme, host or port drops the password and the hidden values,
    after the form has said so and the person has agreed.
    """

    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(kind.name, kind.label) for kind in events.SUBSCRIBABLE],
        widget=forms.CheckboxSelectMultiple,
    )
    all_projects = forms.TypedChoiceField(
        label=_("Projects"),
        choices=[("True", _("All projects, also those to come")), ("False", _("Only the projects chosen here"))],
        coerce=lambda value: str(value) == "True",
        widget=forms.RadioSelect,
        initial="True",
    )
    projects = forms.ModelMultipleChoiceField(
        Project.objects.none(), label=_("Chosen projects"), required=False, widget=forms.CheckboxSelectMultiple
    )
    drop_secrets = forms.BooleanField(
        label=_("Save without the password and the hidden values"), required=False, widget=forms.HiddenInput
    )
    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)
    conflict_fields = ("description", "url", "events", "all_projects", "projects", "basic_user", *CAPS, *CONDITIONS)

    class Meta:
        model = Webhook
        fields: ClassVar[list[str]] = [
            "description",
            "url",
            "events",
            "all_projects",
            "projects",
            "authentication",
            "basic_user",
            *CAPS,
        ]
        widgets: ClassVar[dict[str, forms.Widget]] = {"description": forms.TextInput(attrs={"autofocus": True})}
        help_texts: ClassVar[dict[str, Any]] = {
            "description": _("What receives it, such as “Defects to the ERP system”."),
            "url": _("Where to send the events, with https:// or http://."),
            "in_order": _(
                "The next event of a ticket waits until the one before was delivered or given up. "
                "Other tickets go on. Applies to events from now on."
            ),
            "max_in_flight": _("Leave blank to let it follow the receiver: as many as it answers quickly, up to 64."),
            "max_per_minute": _(
                "Leave blank for no limit. What goes beyond it waits: at 60 a minute, "
                "1,000 waiting events take 17 minutes."
            ),
        }

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.account = account
        self.old_url = self.instance.url
        self.initial["idempotency_key"] = uuid.uuid4()
        cast(forms.ModelMultipleChoiceField, self.fields["projects"]).queryset = Project.objects.of(account)
        self.fields["url"].widget = forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off"})
        self.add_conditions(account)

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        try:
            check_url(url)
        except ssrf.BlockedURLError as error:
            code = "address" if isinstance(error, ssrf.BlockedAddressError) else None
            raise forms.ValidationError(str(error.message), code=code) from error
        return url

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("all_projects") is False and not data.get("projects"):
            self.add_error("projects", _("Choose at least one project, or all projects."))
        self.clean_authentication_parts(data)
        return data

    def preview(self, now: datetime) -> Preview:
        """Look back with what is chosen so far; the rest of the form may be unfinished, and no error is shown."""
        self.full_clean()
        data = self.cleaned_data
        projects = None if data.get("all_projects", True) else list(data.get("projects") or [])
        self.errors.clear()
        events = data.get("events", [])
        return look_back(self.instance.account, events=events, projects=projects, conditions=self.conditions, now=now)

    @property
    def has_conditions(self) -> bool:
        return any(self[name].value() for name in CONDITIONS) or any(name in self.errors for name in CONDITIONS)

    @property
    def moves(self) -> bool:
        """Tell whether the form turns a stored webhook to another receiver."""
        url = self.cleaned_data.get("url")
        return bool(self.old_url and url and origin_of(url) != origin_of(self.old_url))

    def warn_of_dropped(self, names: list[str]) -> None:
        """Say which stored values would be dropped, and offer to save without them."""
        message = ngettext(
            "This URL leads to another receiver, so the stored value of %(names)s is not taken along. "
            "Enter it again, or agree to save without it.",
            "This URL leads to another receiver, so the stored values of %(names)s are not taken along. "
            "Enter them again, or agree to save without them.",
            len(names),
        )
        self.fields["drop_secrets"].widget = forms.CheckboxInput()
        self.add_error("url", message % {"names": ", ".join(names)})

    def save_with(self, headers: BaseHeaderFormSet, *, now: datetime) -> str | None:
        """Save the webhook with its headers, all or nothing. A new one gets a signing secret, which is returned."""
        is_new = self.instance.pk is None
        with transaction.atomic():
            webhook = self.save(commit=False)
            webhook.conditions = self.conditions
            self.save_authentication(moves=self.moves)
            webhook.save(update_fields=None if is_new else EDITABLE)  # the rest of the row is the engine's
            self.save_m2m()
            if webhook.all_projects:
                webhook.projects.clear()
            headers.save_to(webhook)
            return (
                webhook.make_secret(idempotency_key=self.cleaned_data["idempotency_key"], now=now) if is_new else None
            )


def is_valid(form: WebhookForm, headers: BaseHeaderFormSet) -> bool:
    """Validate both, and see that secrets stay with the receiver that they were meant for."""
    if not all([form.is_valid(), headers.is_valid()]) or not refuse_second_authorization(form, headers):
        return False
    if not form.moves:
        return True
    dropped = headers.drop_kept_values() + form.kept_secrets
    if dropped and not form.cleaned_data["drop_secrets"]:
        form.warn_of_dropped(dropped)
        return False
    return True

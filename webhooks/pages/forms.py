from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Account, Project
from lib.dates import MomentField
from lib.edit_conflict import StaleForm
from webhooks import events
from webhooks.http import ssrf
from webhooks.http.request import check_url
from webhooks.models import Webhook
from webhooks.models.webhook import origin_of
from webhooks.pages.header_forms import BaseHeaderFormSet
from webhooks.pages.preview import Preview, look_back

EDITABLE = ["description", "url", "events", "all_projects", "basic_user", "basic_password"]


class WebhookForm(StaleForm, forms.ModelForm):
    """The webhook's details and HTTP Basic; its headers are in `header_forms`.

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
    basic_password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    drop_secrets = forms.BooleanField(
        label=_("Save without the password and the hidden values"), required=False, widget=forms.HiddenInput
    )
    once = forms.UUIDField(widget=forms.HiddenInput)
    watched = ("description", "url", "events", "all_projects", "projects", "basic_user")

    class Meta:
        model = Webhook
        fields: ClassVar[list[str]] = ["description", "url", "events", "all_projects", "projects", "basic_user"]
        widgets: ClassVar[dict[str, forms.Widget]] = {"description": forms.TextInput(attrs={"autofocus": True})}
        help_texts: ClassVar[dict[str, Any]] = {
            "description": _("What receives it, such as “Defects to the ERP system”."),
            "url": _("Where to send the events, with https:// or http://."),
        }

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.account = account
        self.old_url = self.instance.url
        self.initial["once"] = uuid.uuid4()
        cast(forms.ModelMultipleChoiceField, self.fields["projects"]).queryset = Project.objects.of(account)
        self.fields["url"].widget = forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off"})
        if self.instance.basic_password:
            self.fields["basic_password"].help_text = _("A password is stored. Leave this empty to keep it.")

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        try:
            check_url(url)
        except ssrf.BlockedURLError as error:
            code = "address" if isinstance(error, ssrf.BlockedAddressError) else None
            raise forms.ValidationError(str(error.message), code=code) from error
        return url

    def clean_basic_user(self) -> str:
        user = self.cleaned_data["basic_user"]
        if ":" in user or not user.isprintable():
            raise forms.ValidationError(_("A user name of HTTP Basic holds no colon and no control characters."))
        return user

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("all_projects") is False and not data.get("projects"):
            self.add_error("projects", _("Choose at least one project, or all projects."))
        self._clean_basic(data)
        return data

    def _clean_basic(self, data: dict[str, Any]) -> None:
        if data.get("basic_user") and not data.get("basic_password") and not self.instance.basic_password:
            self.add_error("basic_password", _("Enter the password that goes with the user name."))
        if data.get("basic_password") and not data.get("basic_user") and "basic_user" not in self.errors:
            self.add_error("basic_user", _("Enter the user name that goes with the password."))

    def preview(self, now: datetime) -> Preview:
        """Look back with what is chosen so far; the rest of the form may be unfinished, and no error is shown."""
        self.full_clean()
        data = self.cleaned_data
        projects = None if data.get("all_projects", True) else list(data.get("projects") or [])
        self.errors.clear()
        return look_back(self.instance.account, events=data.get("events", []), projects=projects, now=now)

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

    def _save_password(self) -> None:
        if self.cleaned_data["basic_password"]:
            self.instance.basic_password = self.cleaned_data["basic_password"]
        elif self.moves or not self.cleaned_data["basic_user"]:
            self.instance.basic_password = None
        if not self.instance.basic_password:
            self.instance.basic_user = ""

    def save_with(self, headers: BaseHeaderFormSet, *, now: datetime) -> str | None:
        """Save the webhook with its headers, all or nothing. A new one gets a signing secret, which is returned."""
        is_new = self.instance.pk is None
        with transaction.atomic():
            self._save_password()
            webhook = self.save(commit=False)
            webhook.save(update_fields=None if is_new else EDITABLE)  # the rest of the row is the engine's
            self.save_m2m()
            if webhook.all_projects:
                webhook.projects.clear()
            headers.save_to(webhook)
            return webhook.make_secret(once=self.cleaned_data["once"], now=now) if is_new else None


def is_valid(form: WebhookForm, headers: BaseHeaderFormSet) -> bool:
    """Validate both, and see that secrets stay with the receiver that they were meant for."""
    if not all([form.is_valid(), headers.is_valid()]):
        return False
    if not form.moves:
        return True
    dropped = headers.drop_kept_values()
    if form.instance.basic_password and not form.cleaned_data["basic_password"]:
        dropped.append(str(form.fields["basic_password"].label))
    if dropped and not form.cleaned_data["drop_secrets"]:
        form.warn_of_dropped(dropped)
        return False
    return True


class SecretForm(forms.Form):
    """Asks for a new signing secret. `once` makes sure that sending it again makes no second one."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ResumeForm(forms.Form):
    """What becomes of the events that were held while the webhook was off."""

    held = forms.ChoiceField(
        label=_("Events that happened meanwhile"),
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

"""The rows of header fields in the webhook form (R-W4)."""

from __future__ import annotations

import re
from typing import Any, ClassVar, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from webhooks.models import Header, Webhook

NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # a token, RFC 9110, section 5.6.2
VALUE = re.compile(r"[\x20-\x7e]+")
MAX_HEADERS = 50
RESERVED = {
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
}
RESERVED_PREFIX = "webhook-"


class HeaderForm(forms.Form):
    """One row. A stored hidden value is never put into the form; an empty field keeps it."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=100)
    value = forms.CharField(label=_("Value"), max_length=4000, required=False)
    is_hidden = forms.BooleanField(label=_("Hide value"), required=False)

    def __init__(self, *args: Any, stored: dict[int, Header], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored = stored
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["value"].widget.attrs["autocomplete"] = "off"
        if self.header and self.header.is_hidden:
            self.fields["value"].help_text = _("A hidden value is stored. Leave this empty to keep it.")
        if self["is_hidden"].value():  # what is to be hidden is not put into a page either
            self.fields["value"].widget = forms.PasswordInput(attrs={"autocomplete": "off"})

    @cached_property
    def header(self) -> Header | None:
        """Return the stored header that this row edits; None for a new row, and for one that is not the webhook's."""
        pk = self.data.get(self.add_prefix("pk")) if self.is_bound else self.initial.get("pk")
        return next((header for header in self._stored.values() if str(header.pk) == str(pk)), None)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if not NAME.fullmatch(name):
            raise forms.ValidationError(_("A header name is made of letters, digits and hyphens, without spaces."))
        if name.lower() in RESERVED or name.lower().startswith(RESERVED_PREFIX):
            raise forms.ValidationError(_("This name is reserved: PlanRadar sets it itself."))
        return name

    def clean_value(self) -> str:
        value = self.cleaned_data["value"]
        if value and not VALUE.fullmatch(value):
            raise forms.ValidationError(_("A header value is one line of plain ASCII characters."))
        return value

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.keeps_value and not data.get("is_hidden"):
            self.add_error("value", _("Hidden values can't be shown again. Enter the value again."))
        elif not data.get("value") and not self.keeps_value and "value" not in self.errors:
            self.add_error("value", _("Enter the value, or remove the header."))
        return data

    @property
    def keeps_value(self) -> bool:
        return bool(self.header and self.header.is_hidden and not self.cleaned_data.get("value"))


class BaseHeaderFormSet(BaseFormSet):
    default_error_messages: ClassVar[dict[str, Any]] = BaseFormSet.default_error_messages | {
        "too_many_forms": _("A webhook can send at most 50 headers. Remove some of them.")
    }

    def __init__(self, data: QueryDict | None = None, *, prefix: str, webhook: Webhook | None = None) -> None:
        stored = {header.pk: header for header in webhook.headers.all()} if webhook else {}
        rows = [
            {"pk": h.pk, "name": h.name, "value": "" if h.is_hidden else h.value, "is_hidden": h.is_hidden}
            for h in stored.values()
        ]
        super().__init__(data, prefix=prefix, initial=rows, form_kwargs={"stored": stored})
        self._without_values: set[int] = set()

    def clean(self) -> None:
        seen: set[str] = set()
        for form in self._kept_forms():
            name = form.cleaned_data.get("name", "").lower()
            if name and name in seen:
                form.add_error("name", _("This name is in the list already."))
            seen.add(name)

    def _kept_forms(self) -> list[HeaderForm]:
        return [form for form in self.forms if form.has_changed() or form.header if form not in self.deleted_forms]

    def rows_named(self, name: str) -> list[HeaderForm]:
        return [form for form in self._kept_forms() if form.cleaned_data.get("name", "").lower() == name]

    def forget_errors(self) -> None:
        """Show what was typed without judging it yet."""
        self.full_clean()
        for form in self.forms:
            form.errors.clear()

    def drop_kept_values(self) -> list[str]:
        """Leave out the rows that live on a stored hidden value; return their names."""
        dropped = [form for form in self._kept_forms() if form.keeps_value]
        self._without_values = {form.header.pk for form in dropped if form.header}
        return [form.cleaned_data["name"] for form in dropped]

    def save_to(self, webhook: Webhook) -> None:
        """Make the webhook's headers those of the form."""
        kept = []
        for form in self._kept_forms():
            if form.header and form.header.pk in self._without_values:
                continue
            value = form.header.value if form.keeps_value and form.header else form.cleaned_data["value"]
            data = form.cleaned_data
            kept.append(Header(webhook=webhook, name=data["name"], value=value, is_hidden=data["is_hidden"]))
        webhook.headers.all().delete()
        Header.objects.bulk_create(kept)


HeaderFormSet = cast(
    type[BaseHeaderFormSet],
    formset_factory(
        HeaderForm,
        formset=BaseHeaderFormSet,
        extra=1,
        can_delete=True,
        max_num=MAX_HEADERS,
        validate_max=True,
        absolute_max=MAX_HEADERS + 10,
    ),
)

"""The part of the webhook form on authentication (R-W3). What is stored is never put into the form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from webhooks.models import Webhook
from webhooks.pages.header_forms import VALUE, BaseHeaderFormSet

Auth = Webhook.Authentication


class AuthenticationForm(forms.ModelForm):
    """None, HTTP Basic, or Bearer. Empty secrets keep the stored ones, of the scheme that is stored."""

    instance: Webhook
    authentication = forms.ChoiceField(
        label=_("Scheme"),
        choices=Auth.choices,
        widget=forms.RadioSelect,
        initial=Auth.NONE,
        required=False,
        help_text=_("For any other scheme choose “None” and add a header named Authorization."),
    )
    basic_password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    no_password = forms.BooleanField(label=_("Delete the stored password"), required=False)
    bearer_token = forms.CharField(
        label=_("Token"),
        required=False,
        max_length=4000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Sent as Authorization: Bearer … It can't be viewed after saving."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_scheme = self.instance.authentication
        if self._keeps(Auth.BASIC, self.instance.basic_password):
            self.fields["basic_password"].help_text = _("A password is stored. Leave this blank to keep it.")
        else:
            del self.fields["no_password"]
        if self._keeps(Auth.BEARER, self.instance.bearer_token):
            self.fields["bearer_token"].help_text = _("A token is stored. Leave this blank to keep it.")

    def _keeps(self, scheme: str, stored: object) -> bool:
        return self.stored_scheme == scheme and bool(stored)

    def clean_basic_user(self) -> str:
        user = self.cleaned_data["basic_user"]
        if ":" in user or not user.isprintable():
            raise forms.ValidationError(_("A user name of HTTP Basic holds no colon and no control characters."))
        return user

    def clean_bearer_token(self) -> str:
        token = self.cleaned_data["bearer_token"].strip()
        if token and not VALUE.fullmatch(token):
            raise forms.ValidationError(_("A token is one line of plain ASCII characters."))
        return token

    def clean_authentication(self) -> str:
        """Return the chosen scheme; of a form that names none, the one that its values are for."""
        if chosen := self.cleaned_data["authentication"]:
            return str(chosen)
        if self.data.get(self.add_prefix("bearer_token")):
            return Auth.BEARER
        typed = [self.data.get(self.add_prefix(name)) for name in ("basic_user", "basic_password")]
        return Auth.BASIC if any(typed) else self.stored_scheme

    def clean_authentication_parts(self, data: dict[str, Any]) -> None:
        """See that the chosen scheme has what it needs: Basic either of the two, Bearer its token."""
        scheme = data.get("authentication")
        if scheme == Auth.BASIC and not (data.get("basic_user") or self.password_to_be) and not self.errors:
            self.add_error("basic_user", _("Enter a user name, a password, or both."))
        if scheme == Auth.BEARER and not self.token_to_be and "bearer_token" not in self.errors:
            self.add_error("bearer_token", _("Enter the token."))

    @property
    def password_to_be(self) -> str:
        """Return the typed password, or the stored one where it is kept."""
        typed = self.cleaned_data.get("basic_password")
        if typed or self.cleaned_data.get("no_password") or self.stored_scheme != Auth.BASIC:
            return typed or ""
        return self.initial_secrets["basic_password"] or ""

    @property
    def token_to_be(self) -> str:
        typed = self.cleaned_data.get("bearer_token")
        return typed or (self.initial_secrets["bearer_token"] or "" if self.stored_scheme == Auth.BEARER else "")

    @property
    def initial_secrets(self) -> dict[str, str | None]:
        return {"basic_password": self.instance.basic_password, "bearer_token": self.instance.bearer_token}

    @property
    def kept_secrets(self) -> list[str]:
        """Return the labels of the stored secrets that the form would keep."""
        kept = {
            Auth.BASIC: ("basic_password", self.password_to_be),
            Auth.BEARER: ("bearer_token", self.token_to_be),
        }.get(Auth(self.cleaned_data["authentication"]))
        if kept is None or self.cleaned_data.get(kept[0]) or not kept[1]:
            return []
        return [str(self.fields[kept[0]].label)]

    def save_authentication(self, *, moves: bool) -> None:
        """Put the scheme and its secret on the instance, without those that belong to another receiver."""
        webhook: Any = self.instance
        data = self.cleaned_data
        scheme = Auth.NONE if moves and self.kept_secrets else Auth(data["authentication"])
        webhook.basic_password = self.password_to_be if scheme == Auth.BASIC else None
        webhook.bearer_token = self.token_to_be if scheme == Auth.BEARER else None
        webhook.basic_user = data["basic_user"] if scheme == Auth.BASIC else ""
        webhook.authentication = scheme


def refuse_second_authorization(form: AuthenticationForm, headers: BaseHeaderFormSet) -> bool:
    """Say so where a header of one's own would contradict the chosen scheme; tell whether all is well."""
    rows = headers.rows_named("authorization")
    if form.cleaned_data["authentication"] == Auth.NONE or not rows:
        return True
    rows[0].add_error("name", _("The section Authentication sets this header. Choose “None” there to use your own."))
    return False

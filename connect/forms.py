from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import AccountRequest
from accounts.actors import Actor
from connect import services
from connect.catalogue import CHOICES
from connect.models import ConnectRequest, Entry
from connect.models.request import StateConflictError

AGAIN = ["other_apps", "direction", "purpose", "volume", "contact", "phone", "preferred_time", "language"]

WENT_ON = gettext_lazy(
    "The request has changed since you opened this page, so this was not sent. Check the timeline, then send it."
)
ENDED = gettext_lazy("The request has ended since you opened this page, so your message was not sent.")


def by_of(request: AccountRequest) -> services.ActingUser:
    return services.ActingUser(Actor(request.user, via="page"), request.META["REMOTE_ADDR"])


class AppsField(forms.MultipleChoiceField):
    """Required, unless other apps are named, which the form looks after."""

    def validate(self, value: list[str]) -> None:
        if value:
            super().validate(value)


class AppPicker(forms.CheckboxSelectMultiple):
    """Check boxes by group; with JavaScript, a field above them searches."""

    template_name = "connect/_apps.html"


class AccessRequestForm(forms.ModelForm):
    apps = AppsField(
        label=gettext_lazy("Apps to connect"),
        choices=CHOICES,
        widget=AppPicker,
        help_text=gettext_lazy("Choose at least one, or name it under other apps. It can change later."),
    )

    class Meta:
        model = ConnectRequest
        fields: ClassVar[list[str]] = [
            "apps",
            "other_apps",
            "direction",
            "purpose",
            "volume",
            "contact",
            "phone",
            "preferred_time",
            "language",
        ]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "direction": forms.RadioSelect(),
            "purpose": forms.Textarea(attrs={"rows": 5}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "other_apps": gettext_lazy("What is not in the list, for example an ERP system of your own.")
        }

    def clean(self) -> None:
        super().clean()
        if not self.errors.keys() & {"apps", "other_apps"} and not self._has_app():
            self.add_error("apps", _("Choose an app, or name it under other apps."))

    def _has_app(self) -> bool:
        return bool(self.cleaned_data.get("apps") or self.cleaned_data.get("other_apps"))

    @staticmethod
    def initial_for(request: AccountRequest, language: str, last: ConnectRequest | None) -> dict[str, object]:
        """Begin with the owner's own data, or with what was asked the last time."""
        if last:
            return {name: getattr(last, name) for name in AGAIN} | {"apps": [one.app for one in last.wanted_apps.all()]}
        return {"contact": f"{request.user.name}, {request.user.email}", "language": language}

    def submit(self, request: AccountRequest) -> bool:
        """Store the request; False where the account has a live one already, with an error where that says else."""
        self.instance = self.save(commit=False)
        apps = self.cleaned_data["apps"]
        if services.submit(self.instance, account=request.account, apps=apps, by=by_of(request)):
            return True
        live = ConnectRequest.objects.of(request.account).live().first()
        if live is None or live.purpose != self.cleaned_data["purpose"]:
            self.add_error(None, _("Nothing was sent: another request is with Customer Success. Write to them there."))
        return False


class MessageForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5, "maxlength": 5000})
    )

    def send(self, connect_request: ConnectRequest, request: AccountRequest, *, is_answer: bool) -> bool:
        """Answer what was asked, or add a message; False where the request has changed since."""
        text, user = self.cleaned_data["text"], request.user

        def step(current: ConnectRequest) -> Entry:
            now = timezone.now()
            if is_answer:
                return current.answer(text, by=user, now=now)
            if current.allows(Entry.Kind.ANSWERED):
                raise StateConflictError  # a question came that the owner has not seen
            return current.write(text, by=user, is_staff=False, now=now)

        try:
            services.perform(connect_request, step, by=by_of(request))
        except StateConflictError:
            connect_request.refresh_from_db()
            self.add_error(None, WENT_ON if connect_request.is_live else ENDED)
            return False
        return True

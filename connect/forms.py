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
from connect.models.request import Moved

AGAIN = ["other_apps", "direction", "purpose", "volume", "contact", "phone", "preferred_time", "language"]


def by_of(request: AccountRequest) -> services.By:
    return services.By(Actor(request.user, via="page"), request.META["REMOTE_ADDR"])


class AppPicker(forms.CheckboxSelectMultiple):
    """Check boxes by group; with JavaScript, a field above them searches."""

    template_name = "connect/_apps.html"


class AccessRequestForm(forms.ModelForm):
    apps = forms.MultipleChoiceField(
        label=gettext_lazy("Apps to connect"),
        choices=CHOICES,
        required=False,
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
        """Store the request; False where the account has a live one already."""
        self.instance = self.save(commit=False)
        apps = self.cleaned_data["apps"]
        return services.submit(self.instance, account=request.account, apps=apps, by=by_of(request))


class MessageForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5, "maxlength": 5000})
    )

    def send(self, wish: ConnectRequest, request: AccountRequest) -> bool:
        """Answer what was asked, or add a message; False where the request ended meanwhile."""
        text, user = self.cleaned_data["text"], request.user

        def step(current: ConnectRequest) -> Entry:
            now = timezone.now()
            if current.allows(Entry.Kind.ANSWERED):
                return current.answer(text, by=user, now=now)
            return current.write(text, by=user, is_staff=False, now=now)

        try:
            services.carry_out(wish, step, by=by_of(request))
        except Moved:
            self.add_error(None, _("The request ended meanwhile, so that your message was not sent."))
            return False
        return True

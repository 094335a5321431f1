from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator, URLValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import mail
from accounts.models import User
from connect import emails, services
from connect.actions import ReviewAction, ReviewInput
from connect.models import CannedReply, ConnectRequest, Entry
from connect.models.request import StateConflictError


class TakeForm(forms.Form):
    """Taking a request. `seen` is the version that the reviewer looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class ActForm(TakeForm):
    """One act on one request."""

    reply = forms.ModelChoiceField(
        CannedReply.objects.none(), label=gettext_lazy("Canned reply"), required=False, empty_label=gettext_lazy("none")
    )
    text = forms.CharField(label=gettext_lazy("Message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))
    workspace_url = forms.CharField(
        label=gettext_lazy("Address of the workspace"),
        max_length=500,
        help_text=gettext_lazy("Begins with https://. The customer opens it from the settings."),
        validators=[
            URLValidator(["https"]),
            RegexValidator(r"[<>\"'\\`]", gettext_lazy("Enter a valid URL."), inverse_match=True),
        ],
    )

    def __init__(self, data: QueryDict | None = None, *, act: ReviewAction, connect_request: ConnectRequest) -> None:
        super().__init__(
            data, initial={"seen": connect_request.version, "workspace_url": connect_request.workspace_url}
        )
        self.act, self.connect_request = act, connect_request
        self.fields["text"].required = act.must_say
        if not act.asks_workspace:
            del self.fields["workspace_url"]
        replies = CannedReply.objects.filter(use=act.use, language=connect_request.language)
        if replies:
            self.fields["reply"].queryset = replies  # type: ignore[attr-defined]
        else:
            del self.fields["reply"]

    def with_reply(self) -> ActForm:
        """Return the form again, the chosen reply added to what is written already."""
        self.is_valid()
        reply = self.cleaned_data.get("reply")
        texts = [self.data.get("text", "").strip(), reply.text if reply else ""]
        form = ActForm(act=self.act, connect_request=self.connect_request)
        written = {name: self.data.get(name, "") for name in ("workspace_url", "seen")}
        form.initial = written | {"text": "\n\n".join(filter(None, texts))}
        return form

    def preview(self, user: User) -> mail.Letter:
        """Return the mail that would go out."""
        self.connect_request.workspace_url = self.cleaned_data.get("workspace_url", "")
        entry = Entry(
            request=self.connect_request, kind=self.act.kind, text=self.cleaned_data["text"], by_name=user.name
        )
        return emails.preview(self.connect_request, entry)

    def perform(self, by: services.ActingUser) -> bool:
        """Do it; False where the request went on since the page was opened."""
        values = self.cleaned_data
        said = ReviewInput(values["text"], values.get("workspace_url", ""), by.actor.user, timezone.now())
        try:
            services.perform(
                self.connect_request, lambda current: self.act.step(current, said), by=by, seen=values["seen"]
            )
        except StateConflictError:
            return False
        return True

    def was_carried_out(self, connect_request: ConnectRequest, user: User) -> bool:
        """Tell whether it was done by the same person in the same words: they clicked twice."""
        latest = connect_request.entries.last()
        mine = (user.pk, self.act.kind, self.cleaned_data["text"])
        return latest is not None and (latest.by_id, latest.kind, latest.text) == mine

    def again(self, connect_request: ConnectRequest) -> ActForm:
        """Return the form with what was typed, on the request as it is now, and say what happened to it."""
        data = QueryDict(mutable=True)
        data.update({name: self.data.get(name, "") for name in self.fields} | {"seen": str(connect_request.version)})
        form = ActForm(data, act=self.act, connect_request=connect_request)
        form.add_error(None, moved(connect_request.entries.last()))
        return form


def moved(latest: Entry | None) -> str:
    words = {"name": latest.by_name, "what": latest.get_kind_display()} if latest else {"name": "-", "what": "-"}
    return _("Nothing was done: meanwhile %(name)s %(what)s. Look at the timeline, then decide.") % words

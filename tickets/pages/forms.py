from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, Project, ProjectQuerySet
from tickets import services
from tickets.models import Attachment, Journal, Ticket, TicketQuerySet


class ProjectFilterForm(forms.Form):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    archived = forms.BooleanField(label=_("Archived projects too"), required=False)

    def chosen(self, projects: ProjectQuerySet) -> ProjectQuerySet:
        """Narrow the projects; a filter that makes no sense is none."""
        wanted = self.cleaned_data if self.is_valid() else {}
        if search := wanted.get("search"):
            projects = projects.filter(name__icontains=search)
        return projects if wanted.get("archived") else projects.active()


class TicketFilterForm(forms.Form):
    search = forms.CharField(label=_("Search"), required=False, max_length=200)
    status = forms.TypedChoiceField(
        label=_("Status"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("any")), *Ticket.Status.choices],
    )

    def chosen(self, tickets: TicketQuerySet) -> TicketQuerySet:
        """Narrow the tickets; a filter that makes no sense is none."""
        wanted = self.cleaned_data if self.is_valid() else {}
        if search := wanted.get("search"):
            tickets = tickets.filter(subject__icontains=search)
        return tickets.filter(status_id=wanted["status"]) if wanted.get("status") else tickets


class ProjectForm(forms.ModelForm):
    class Meta:
        model = Project
        fields: ClassVar[list[str]] = [
            "name",
            "projectnumber",
            "description",
            "street",
            "zipcode",
            "city",
            "country",
            "homepage",
        ]
        widgets: ClassVar[dict[str, forms.Widget]] = {"description": forms.Textarea({"rows": 4})}

    homepage = forms.URLField(label=_("Website"), required=False, max_length=500, assume_scheme="https")

    def create(self, *, account: Account, actor: Actor) -> Project:
        return services.create_project(account=account, actor=actor, values=self._values(self.cleaned_data))

    def update(self, *, actor: Actor) -> Project:
        """Write only what this person changed, keeping what others have changed since."""
        return services.update_project(project=self.instance, actor=actor, values=self._values(self.changed_data))

    def _values(self, names: Iterable[str]) -> services.ProjectValues:
        return cast(services.ProjectValues, {name: self.cleaned_data[name] for name in names})


class CommentForm(forms.ModelForm):
    class Meta:
        model = Journal
        fields: ClassVar[list[str]] = ["comment"]
        widgets: ClassVar[dict[str, forms.Widget]] = {"comment": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = True

    def add(self, *, ticket: Ticket, actor: Actor) -> Journal:
        return services.add_comment(ticket=ticket, actor=actor, comment=self.cleaned_data["comment"])


class AttachmentForm(forms.ModelForm):
    class Meta:
        model = Attachment
        fields: ClassVar[list[str]] = ["file", "caption"]
        labels: ClassVar[dict[str, object]] = {"file": _("Photo or document")}
        help_texts: ClassVar[dict[str, object]] = {"file": _("At most 25 MiB.")}

    def attach(self, *, ticket: Ticket, actor: Actor) -> Attachment | None:
        """Attach the file, or say beside the field why it is refused."""
        upload = self.cleaned_data["file"]
        try:
            return services.attach_file(
                ticket=ticket, actor=actor, content=upload, name=upload.name, caption=self.cleaned_data["caption"]
            )
        except ValidationError as error:
            self.add_error("file", error)
            return None

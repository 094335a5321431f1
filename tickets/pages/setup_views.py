"""Forms and layers of a project."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AccountRequest, require
from accounts.actors import Actor
from accounts.models import Project
from accounts.rights import MEMBER
from tickets.models import Layer, ProjectTicketType, TicketType
from tickets.pages.archived import in_active_project
from tickets.pages.find import find_project
from tickets.services import forms as form_services
from tickets.services import layers as layer_services


class LayerForm(forms.ModelForm):
    class Meta:
        model = Layer
        fields: ClassVar[list[str]] = ["name", "plan"]
        help_texts: ClassVar[dict[str, object]] = {"plan": gettext_lazy("A PDF or an image, at most 25 MiB.")}

    def create(self, *, project: Project, actor: Actor) -> Layer | None:
        """Add the layer, or say beside the field why its plan is refused."""
        upload = self.cleaned_data["plan"]
        plan: layer_services.Plan | None = {"content": upload, "name": upload.name} if upload else None
        values: layer_services.LayerValues = {"name": self.cleaned_data["name"]}
        try:
            return layer_services.create_layers(project=project, actor=actor, layers=[values], plan=plan)[0]
        except ValidationError as error:
            self.add_error("plan", error.messages)
            return None


class AssignForm(forms.Form):
    ticket_type = forms.ModelChoiceField(label=gettext_lazy("Form"), queryset=TicketType.objects.none())

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rest = TicketType.objects.of(project.account).exclude(links__project=project)
        cast(forms.ModelChoiceField, self.fields["ticket_type"]).queryset = rest

    def assign(self, *, project: Project) -> ProjectTicketType:
        chosen = self.cleaned_data["ticket_type"]
        return form_services.assign_ticket_type(project=project, form=chosen, required=[], lists=[])[0]


@require_GET
@require(MEMBER)
def project_setup(request: AccountRequest, project_pk: int) -> HttpResponse:
    return _page(request, find_project(request, project_pk))


def _page(request: AccountRequest, project: Project, **sent: forms.BaseForm) -> HttpResponse:
    """Show forms and layers; `sent` is what came back with errors."""
    context: dict[str, object] = {
        "project": project,
        "links": project.ticket_type_links.select_related("ticket_type"),
        "layers": project.layers.select_related("parent"),
        "layer_form": LayerForm(),
        "assign_form": AssignForm(project=project),
    }
    return render(request, "tickets/project_setup.html", context | sent, status=422 if sent else 200)


@require_POST
@require(MEMBER)
@in_active_project
def layer_create(request: AccountRequest, project_pk: int) -> HttpResponse:
    project = find_project(request, project_pk)
    form = LayerForm(request.POST, request.FILES)
    if form.is_valid() and form.create(project=project, actor=Actor.of(request)):
        messages.success(request, _("The layer is added."))
        return redirect("tickets:project_setup", project_pk)
    return _page(request, project, layer_form=form)


@require_POST
@require(MEMBER)
@in_active_project
def form_assign(request: AccountRequest, project_pk: int) -> HttpResponse:
    project = find_project(request, project_pk)
    form = AssignForm(request.POST, project=project)
    if form.is_valid():
        form.assign(project=project)
        messages.success(request, _("The form is assigned."))
        return redirect("tickets:project_setup", project_pk)
    return _page(request, project, assign_form=form)

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import AccountRequest, require
from accounts.actors import Actor
from accounts.models import Project
from accounts.rights import MEMBER
from lib.collation import by_name
from tickets import services
from tickets.pages.archived import in_active_project
from tickets.pages.find import find_project
from tickets.pages.forms import (
    ProjectFilterForm,
    ProjectForm,
    TicketFilterForm,
)

PER_PAGE = 25


@require_GET
@require(MEMBER)
def project_list(request: AccountRequest) -> HttpResponse:
    form = ProjectFilterForm(request.GET)
    projects = form.chosen(Project.objects.of(request.account).order_by(by_name(), "pk"))
    page = Paginator(projects, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tickets/project_list.html", {"form": form, "page_obj": page})


@require_GET
@require(MEMBER)
def project_detail(request: AccountRequest, pk: int) -> HttpResponse:
    project = find_project(request, pk)
    form = TicketFilterForm(request.GET)
    tickets = form.chosen(project.tickets.select_related("assigned_to").order_by("-pk"))
    page = Paginator(tickets, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tickets/project_detail.html", {"project": project, "form": form, "page_obj": page})


@require_http_methods(["GET", "POST"])
@require(MEMBER)
def project_create(request: AccountRequest) -> HttpResponse:
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        project = form.create(account=request.account, actor=Actor.of(request))
        messages.success(request, _("The project is created."))
        return redirect("tickets:project_detail", project.pk)
    return render(request, "tickets/project_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(MEMBER)
@in_active_project
def project_edit(request: AccountRequest, project_pk: int) -> HttpResponse:
    project = find_project(request, project_pk)
    form = ProjectForm(request.POST or None, instance=project)
    if request.method == "POST" and form.is_valid():
        form.update(actor=Actor.of(request))
        messages.success(request, _("The project is saved."))
        return redirect("tickets:project_detail", project.pk)
    return render(request, "tickets/project_form.html", {"form": form, "project": project})


@require_http_methods(["GET", "POST"])
@require(MEMBER)
def project_archive(request: AccountRequest, pk: int) -> HttpResponse:
    project = find_project(request, pk)
    if request.method == "POST":
        services.archive_project(project=project, actor=Actor.of(request))
        messages.success(request, _("The project is archived."))
        return redirect("tickets:project_detail", project.pk)
    context = {
        "project": project,
        "title": _("Archive project"),
        "question": _("Archive the project “%(name)s”?") % {"name": project.name},
        "consequences": [
            _("It leaves the list of projects, and nothing in it can be changed, on pages or by the API."),
            _("Its tickets can still be read, and you can take it back."),
        ],
        "submit_label": _("Archive project"),
        "cancel_url": reverse("tickets:project_detail", args=[project.pk]),
        "danger": True,
    }
    return render(request, "tickets/project_archive.html", context)


@require_POST
@require(MEMBER)
def project_restore(request: AccountRequest, pk: int) -> HttpResponse:
    project = find_project(request, pk)
    services.unarchive_project(project=project, actor=Actor.of(request))
    messages.success(request, _("The project is active again."))
    return redirect("tickets:project_detail", project.pk)

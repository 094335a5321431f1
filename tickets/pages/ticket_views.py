from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import AccountRequest, require
from accounts.actors import Actor
from accounts.rights import MEMBER
from tickets import services
from tickets.download import download
from tickets.models import Ticket
from tickets.pages.archived import in_active_project
from tickets.pages.find import find_attachment, find_project, find_ticket
from tickets.pages.forms import (
    AttachmentForm,
    CommentForm,
)
from tickets.pages.ticket_form import TicketForm

PER_PAGE = 25


@require_http_methods(["GET", "POST"])
@require(MEMBER)
@in_active_project
def ticket_create(request: AccountRequest, project_pk: int) -> HttpResponse:
    project = find_project(request, project_pk)
    form = TicketForm(request.POST or None, account=request.account, project=project)
    if form.is_valid() and (ticket := form.create(project=project, actor=Actor.of(request))):
        messages.success(request, _("The ticket is created."))
        return redirect("tickets:ticket_detail", project.pk, ticket.uuid)
    return render(request, "tickets/ticket_form.html", {"form": form, "project": project})


@require_GET
@require(MEMBER)
def ticket_detail(request: AccountRequest, project_pk: int, uuid: uuids.UUID) -> HttpResponse:
    return _ticket_page(request, find_ticket(request, project_pk, uuid))


def _ticket_page(request: AccountRequest, ticket: Ticket, **sent: BaseForm) -> HttpResponse:
    """Show the ticket with its forms; `sent` are those that came back with errors."""
    journals = ticket.journals.select_related("author").order_by("-pk")
    forms = {
        "form": TicketForm(instance=ticket, account=request.account, project=ticket.project),
        "comment_form": CommentForm(),
        "attachment_form": AttachmentForm(),
    }
    context = {
        "ticket": ticket,
        "project": ticket.project,
        "attachments": ticket.attachments.all(),
        "page_obj": Paginator(journals, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "tickets/ticket_detail.html", context | forms | sent, status=422 if sent else 200)


@require_http_methods(["GET", "POST"])
@require(MEMBER)
@in_active_project
def ticket_edit(request: AccountRequest, project_pk: int, uuid: uuids.UUID) -> HttpResponse:
    ticket = find_ticket(request, project_pk, uuid)
    form = TicketForm(request.POST or None, instance=ticket, account=request.account, project=ticket.project)
    if form.is_valid() and form.update(actor=Actor.of(request)):
        messages.success(request, _("The ticket is saved."))
        return redirect("tickets:ticket_detail", project_pk, uuid)
    return render(request, "tickets/ticket_form.html", {"form": form, "project": ticket.project, "ticket": ticket})


@require_http_methods(["GET", "POST"])
@require(MEMBER)
@in_active_project
def ticket_delete(request: AccountRequest, project_pk: int, uuid: uuids.UUID) -> HttpResponse:
    ticket = find_ticket(request, project_pk, uuid)
    if request.method == "POST":
        services.delete_ticket(ticket=ticket, actor=Actor.of(request))
        messages.success(request, _("The ticket “%(subject)s” is deleted.") % {"subject": ticket.subject})
        return redirect("tickets:project_detail", project_pk)
    context = {
        "ticket": ticket,
        "project": ticket.project,
        "title": _("Delete ticket"),
        "question": _("Delete the ticket “%(subject)s”?") % {"subject": ticket.subject},
        "consequences": [_("Its comments, photos and documents are deleted with it.")],
        "submit_label": _("Delete ticket"),
        "cancel_url": reverse("tickets:ticket_detail", args=[project_pk, uuid]),
        "danger": True,
    }
    return render(request, "tickets/ticket_delete.html", context)


@require_POST
@require(MEMBER)
@in_active_project
def comment_create(request: AccountRequest, project_pk: int, uuid: uuids.UUID) -> HttpResponse:
    ticket = find_ticket(request, project_pk, uuid)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _ticket_page(request, ticket, comment_form=form)
    form.add(ticket=ticket, actor=Actor.of(request))
    messages.success(request, _("The comment is added."))
    return redirect("tickets:ticket_detail", project_pk, uuid)


@require_POST
@require(MEMBER)
@in_active_project
def attachment_create(request: AccountRequest, project_pk: int, uuid: uuids.UUID) -> HttpResponse:
    ticket = find_ticket(request, project_pk, uuid)
    form = AttachmentForm(request.POST, request.FILES)
    if not form.is_valid() or form.attach(ticket=ticket, actor=Actor.of(request)) is None:
        return _ticket_page(request, ticket, attachment_form=form)
    messages.success(request, _("The file is attached."))
    return redirect("tickets:ticket_detail", project_pk, uuid)


@require_GET
@require(MEMBER)
def attachment_file(
    request: AccountRequest, project_pk: int, uuid: uuids.UUID, attachment_uuid: uuids.UUID
) -> HttpResponse:
    return download(request, find_attachment(request, project_pk, uuid, attachment_uuid))


@require_http_methods(["GET", "POST"])
@require(MEMBER)
@in_active_project
def attachment_delete(
    request: AccountRequest, project_pk: int, uuid: uuids.UUID, attachment_uuid: uuids.UUID
) -> HttpResponse:
    attachment = find_attachment(request, project_pk, uuid, attachment_uuid)
    if request.method == "POST":
        services.delete_attachment(attachment=attachment, actor=Actor.of(request))
        messages.success(request, _("The file is deleted."))
        return redirect("tickets:ticket_detail", project_pk, uuid)
    context = {
        "ticket": attachment.ticket,
        "project": attachment.ticket.project,
        "title": _("Delete file"),
        "question": _("Delete “%(name)s”?") % {"name": attachment.name},
        "consequences": [_("The file cannot be brought back.")],
        "submit_label": _("Delete file"),
        "cancel_url": reverse("tickets:ticket_detail", args=[project_pk, uuid]),
        "danger": True,
    }
    return render(request, "tickets/attachment_delete.html", context)

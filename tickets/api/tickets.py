from __future__ import annotations

from contextlib import AbstractContextManager

from django.db.models import Sum
from django.http import HttpResponse, JsonResponse
from ninja import Field, Path, Query, Router, Schema

from accounts.models import Project
from tickets import services
from tickets.api import file_resources, serializers
from tickets.api.conditional import right_version
from tickets.api.filters import filtered, has_filters
from tickets.api.pagination import Changing, NotSupported, Text, paginate, single_response, sort
from tickets.api.paths import ALL_PROJECTS, ProjectPath, TicketPath, find_project, find_ticket, key_of, tickets_at
from tickets.api.responses import Page, Single
from tickets.api.schemas import CommentCreate, Document, TicketCreate, TicketUpdate
from tickets.models import Attachment, Ticket, TicketQuerySet
from tokens.api.auth import ApiRequest

router = Router()
COLUMNS = {
    "id": "pk",
    "uuid": "uuid",
    "subject": "subject",
    "status_id": "status_id",
    "priority_id": "priority_id",
    "progress": "progress",
    "due_date": "due_date",
    "extension_date": "extension_date",
    "closed_at": "closed_at",
    "assigned_to_id": "assigned_to_id",
    "author_id": "author_id",
    "sequential_id": "sequential_id",
    "ticket_type_id": "ticket_type_id",
    "component_id": "component_id",
    "project_id": "project_id",
    "created_at": "created_at",
    "updated_at": "updated_at",
}


class TicketQuery(Changing):
    search: Text = Field("", description="A part of the subject.")
    status: Text = Field(
        "",
        alias="filter[status_id]",
        description="Any attribute can be filtered so; also `filter[status_id][][predicate]=in` with "
        "`filter[status_id][][value][]=1`. "
        "Predicates: eq, neq, in, not_in, like, not_like, between, has, has_not, le, ge.",
    )
    filter: NotSupported = None
    apply_filter: NotSupported = None
    load_images: bool = False
    can_have_parent: bool = False


class UpdateQuery(Schema):
    clean_up_assets: NotSupported = None


@router.get("/projects/{project_id}/tickets", response=Page, summary="List tickets")
def ticket_list(request: ApiRequest, path: Path[ProjectPath], query: Query[TicketQuery]) -> HttpResponse:
    """List tickets of a project, or of all projects where `project_id` is 0.

    Version 1 adds to the page all tickets that stand under those of the page.
    """
    return ticket_page(request, path, query)


def ticket_page(request: ApiRequest, path: ProjectPath, query: TicketQuery) -> HttpResponse:
    tickets = sort(chosen(request, path, query), query.sort, COLUMNS)
    rows, meta = paginate(tickets, query, known_count(request, path, query))
    if request.path.startswith("/api/v1/"):
        rows = with_children(rows)
    body: dict[str, object] = {"data": [serializers.ticket(row) for row in rows], "meta": meta}
    if query.load_images:
        photos = Attachment.objects.with_people().filter(ticket__in=[row.pk for row in rows], kind="images")
        body["included"] = [file_resources.file_of(request, photo) for photo in photos]
    return JsonResponse(body)


def known_count(request: ApiRequest, path: ProjectPath, query: TicketQuery) -> int | None:
    """Return how many tickets there are where all of them are asked for: projects keep count. None: count them."""
    if query.search or query.since or query.can_have_parent or has_filters(request.GET):
        return None
    projects = Project.objects.of(request.auth.account)
    if path.project_id != ALL_PROJECTS:
        projects = projects.filter(pk=key_of(path.project_id))
    return projects.aggregate(count=Sum("ticket_count"))["count"] or 0


def chosen(request: ApiRequest, path: ProjectPath, query: TicketQuery) -> TicketQuerySet:
    tickets = filtered(tickets_at(request, path), request.GET).with_relations()
    if query.search:
        tickets = tickets.filter(subject__icontains=query.search)
    if query.since:
        tickets = tickets.filter(created_at__gt=query.since)
    if query.can_have_parent:
        tickets = tickets.filter(children=None)
    return tickets


def with_children(rows: list[Ticket]) -> list[Ticket]:
    listed = {row.pk for row in rows}
    children = Ticket.objects.filter(parent__in=listed).with_relations()
    return rows + [child for child in children if child.pk not in listed]


@router.post("/projects/{project_id}/tickets", response={201: Single}, summary="Create a ticket")
def ticket_create(request: ApiRequest, path: Path[ProjectPath], body: Document[TicketCreate]) -> HttpResponse:
    project = find_project(request, path)
    ticket = services.create_ticket(project=project, actor=request.auth.actor, values=body.data.attributes.values())
    return single_response(serializers.ticket(ticket), status=201)


@router.get("/projects/{project_id}/tickets/{uuid}", response=Single, summary="Read a ticket")
def ticket_detail(request: ApiRequest, path: Path[TicketPath]) -> HttpResponse:
    return single_response(serializers.ticket(find_ticket(request, path, path.uuid)))


@router.put("/projects/{project_id}/tickets/{uuid}", response=Single, summary="Update a ticket")
def ticket_update(
    request: ApiRequest, path: Path[TicketPath], query: Query[UpdateQuery], body: Document[TicketUpdate]
) -> HttpResponse:
    """Change what is given and leave the rest. Updates that change nothing publish nothing; `notes` adds a comment."""
    given = body.data.attributes
    with versioned(request, path) as ticket:
        ticket = services.update_ticket(ticket=ticket, actor=request.auth.actor, values=given.values())
        if given.notes:
            services.add_comment(ticket=ticket, actor=request.auth.actor, comment=given.notes)
    return single_response(serializers.ticket(ticket))


@router.delete("/projects/{project_id}/tickets/{uuid}", response={204: None}, summary="Delete a ticket")
def ticket_delete(request: ApiRequest, path: Path[TicketPath]) -> HttpResponse:
    with versioned(request, path) as ticket:
        services.delete_ticket(ticket=ticket, actor=request.auth.actor)
    return HttpResponse(status=204)


def versioned(request: ApiRequest, path: TicketPath) -> AbstractContextManager[Ticket]:
    return right_version(request, lambda: find_ticket(request, path, path.uuid), serializers.ticket)


@router.post("/projects/{project_id}/tickets/{uuid}/comment", response={201: Single}, summary="Comment on a ticket")
def ticket_comment(request: ApiRequest, path: Path[TicketPath], body: Document[CommentCreate]) -> HttpResponse:
    said = body.data.attributes
    entry = services.add_comment(
        ticket=find_ticket(request, path, path.uuid),
        actor=request.auth.actor,
        comment=said.comment,
        created_at=said.created_on,
    )
    return single_response(serializers.journal(entry), status=201)

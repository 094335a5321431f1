"""Forms (ticket types): of the account, and as they are assigned to projects."""

from __future__ import annotations

from contextlib import AbstractContextManager
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from tickets.api import form_serializers as serializers
from tickets.api.conditional import right_version, tagged
from tickets.api.form_schemas import LinkDocument, NewLinkDocument, TicketTypeCreate, TicketTypeUpdate
from tickets.api.pagination import Changing, NotSupported, paginate, single_response, sort
from tickets.api.paths import ALL_PROJECTS, CustomerPath, ProjectPath, find_project
from tickets.api.responses import FormPage, Page, Single
from tickets.api.schemas import Document
from tickets.api.values import Resource
from tickets.models import FieldList, ProjectTicketType, TicketType
from tickets.services import forms as services
from tickets.services.placing import key_in
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError

router = Router()
links = Router()
overview = Router()
COLUMNS = {"id": "pk", "created_at": "created_at", "updated_at": "updated_at"}
FORM_COLUMNS = COLUMNS | {"name": "name"}
ONE = "/ticket_types/{ticket_type_id}"
LINKS = "/projects/{project_id}/ticket_types_project"
LINK = LINKS + "/{ticket_type_project_id}"


class FormPath(CustomerPath):
    ticket_type_id: str


class LinkPath(ProjectPath):
    ticket_type_project_id: str


class FormQuery(Changing):
    apply_form_display_permission: NotSupported = None
    apply_form_edit_permission: NotSupported = None


class ListsQuery(FormQuery):
    disable_relations: bool = False


def find_form(request: ApiRequest, code: str) -> TicketType:
    form = TicketType.objects.of(request.auth.account).filter(pk=key_in(code)).first()
    if form is None:
        raise ProblemError(404, _("There is no such form."))
    return form


def find_link(request: ApiRequest, path: LinkPath) -> ProjectTicketType:
    own = ProjectTicketType.objects.of(request.auth.account).select_related("ticket_type", "project__account")
    if path.project_id != ALL_PROJECTS:
        own = own.filter(project=find_project(request, path))
    link = own.filter(pk=key_in(path.ticket_type_project_id)).first()
    if link is None:
        raise ProblemError(404, _("This form is not assigned to the project."))
    return link


def _form(request: ApiRequest, path: FormPath) -> AbstractContextManager[TicketType]:
    return right_version(request, lambda: find_form(request, path.ticket_type_id), serializers.ticket_type)


def _link(request: ApiRequest, path: LinkPath) -> AbstractContextManager[ProjectTicketType]:
    return right_version(request, lambda: find_link(request, path), _document)


def _document(link: ProjectTicketType) -> dict[str, object]:
    drawn = [serializers.field_list(each) for each in link.field_lists.select_related("link")]
    return {"data": serializers.link(link), "included": [serializers.ticket_type(link.ticket_type), *drawn]}


@router.get("/ticket_types", response=Page, summary="List forms")
def form_list(request: ApiRequest, path: Path[CustomerPath], query: Query[FormQuery]) -> HttpResponse:
    forms = TicketType.objects.of(request.auth.account)
    if query.since:
        forms = forms.filter(created_at__gt=query.since)
    rows, meta = paginate(sort(forms, query.sort, FORM_COLUMNS), query)
    return JsonResponse({"data": [serializers.ticket_type(row) for row in rows], "meta": meta})


@router.post("/ticket_types", response={201: Single}, summary="Create a form")
def form_create(request: ApiRequest, path: Path[CustomerPath], body: Document[TicketTypeCreate]) -> HttpResponse:
    """The server names the fields: what it answers is the key of a field in a ticket's `typed-values`."""
    caller, values = request.auth, body.data.attributes.values()
    form = services.create_ticket_type(account=caller.account, actor=caller.actor, values=values)
    return single_response(serializers.ticket_type(form), status=201)


@router.get(ONE, response=Single, summary="Read a form")
def form_detail(request: ApiRequest, path: Path[FormPath]) -> HttpResponse:
    return single_response(serializers.ticket_type(find_form(request, path.ticket_type_id)))


@router.put(ONE, response=Single, summary="Update a form")
def form_update(request: ApiRequest, path: Path[FormPath], body: Document[TicketTypeUpdate]) -> HttpResponse:
    with _form(request, path) as form:
        form = services.update_ticket_type(form=form, values=body.data.attributes.values())
    return single_response(serializers.ticket_type(form))


@router.delete(ONE, response={204: None}, summary="Delete a form")
def form_delete(request: ApiRequest, path: Path[FormPath]) -> HttpResponse:
    """A form that tickets have is not deleted: 409."""
    try:
        with _form(request, path) as form:
            services.delete_ticket_type(form=form)
    except services.FormInUseError:
        raise ProblemError(HTTPStatus.CONFLICT, _("Tickets have this form. It cannot be deleted.")) from None
    return HttpResponse(status=204)


@links.get(LINKS, response=FormPage, summary="List the forms of a project")
def link_list(request: ApiRequest, path: Path[ProjectPath], query: Query[FormQuery]) -> HttpResponse:
    return _links(request, path, query)


@overview.get(
    "/projects/{project_id}/ticket_types/ticket_type_project", response=FormPage, summary="List forms by project"
)
def link_overview(request: ApiRequest, path: Path[ProjectPath], query: Query[FormQuery]) -> HttpResponse:
    """List the forms of a project, or of all projects where `project_id` is 0, with the forms themselves."""
    return _links(request, path, query)


def _links(request: ApiRequest, path: ProjectPath, query: FormQuery) -> HttpResponse:
    found = ProjectTicketType.objects.of(request.auth.account).select_related("ticket_type")
    if path.project_id != ALL_PROJECTS:
        found = found.filter(project=find_project(request, path))
    if query.since:
        found = found.filter(created_at__gt=query.since)
    rows, meta = paginate(sort(found, query.sort, COLUMNS), query)
    forms = {row.ticket_type_id: serializers.ticket_type(row.ticket_type) for row in rows}
    data = [serializers.link(row) for row in rows]
    return JsonResponse({"data": data, "included": list(forms.values()), "meta": meta})


@links.post(LINKS, response={200: Single, 201: Single}, summary="Assign a form to a project")
def link_create(request: ApiRequest, path: Path[ProjectPath], body: NewLinkDocument) -> HttpResponse:
    """Assign the form; where it is assigned already, change how. `included` says which list a field draws from."""
    project, given = find_project(request, path), body.data.attributes
    form = TicketType.objects.of(project.account).filter(pk=key_in(given.ticket_type_id)).first()
    if form is None:
        raise ProblemError(
            422, _("Some attributes are not valid."), errors={"ticket-type-id": [_("There is no such form.")]}
        )
    lists = [each.values() for each in body.included]
    link, is_new = services.assign_ticket_type(
        project=project, form=form, required=given.required_fields or [], lists=lists
    )
    return single_response(serializers.link(link), status=201 if is_new else 200)


@links.get(LINK, response=Single, summary="Read how a form is assigned")
def link_detail(request: ApiRequest, path: Path[LinkPath]) -> HttpResponse:
    document = _document(find_link(request, path))
    return tagged(JsonResponse(document), document)


@links.put(LINK, response=Single, summary="Change how a form is assigned")
def link_update(request: ApiRequest, path: Path[LinkPath], body: LinkDocument) -> HttpResponse:
    return _changed(request, path, body)


@links.patch(LINK, response=Single, summary="Change how a form is assigned")
def link_patch(request: ApiRequest, path: Path[LinkPath], body: LinkDocument) -> HttpResponse:
    return _changed(request, path, body)


def _changed(request: ApiRequest, path: LinkPath, body: LinkDocument) -> HttpResponse:
    lists = [each.values() for each in body.included]
    with _link(request, path) as link:
        link = services.update_link(link=link, required=body.data.attributes.required_fields, lists=lists)
    return single_response(serializers.link(link), version=_document(find_link(request, path)))


@links.delete(LINK, response={204: None}, summary="Take a form from a project")
def link_delete(request: ApiRequest, path: Path[LinkPath]) -> HttpResponse:
    """Tickets that have the form keep it."""
    with _link(request, path) as link:
        link.delete()
    return HttpResponse(status=204)


@overview.get("/projects/{project_id}/ticket_types/lists", response=FormPage, summary="List which field has which list")
def field_lists(request: ApiRequest, path: Path[ProjectPath], query: Query[ListsQuery]) -> HttpResponse:
    """List the fields that draw from a list, with the entries of those lists."""
    found = FieldList.objects.filter(link__project__account=request.auth.account).select_related("link", "value_list")
    if path.project_id != ALL_PROJECTS:
        found = found.filter(link__project=find_project(request, path))
    if query.since:
        found = found.filter(created_at__gt=query.since)
    rows, meta = paginate(sort(found.prefetch_related("value_list__entries"), query.sort, COLUMNS), query)
    included: list[Resource] = []
    if not query.disable_relations:
        for drawn in {row.value_list_id: row.value_list for row in rows}.values():
            included += [serializers.value_list(drawn), *map(serializers.list_entry, drawn.entries.all())]
    return JsonResponse({"data": [serializers.field_list(row) for row in rows], "included": included, "meta": meta})

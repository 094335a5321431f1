"""Lists that fields of forms draw from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from tickets.api import form_serializers as serializers
from tickets.api.conditional import right_version, tagged
from tickets.api.form_schemas import ListDocument, NewListDocument
from tickets.api.pagination import Changing, Meta, paginate, sort
from tickets.api.paths import CustomerPath, ProjectPath, find_project
from tickets.api.responses import FormPage, IncludedSingle
from tickets.models import ValueList
from tickets.services import forms as services
from tickets.services.placing import key_in
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError

router = Router()
COLUMNS = {"id": "pk", "name": "name", "created_at": "created_at", "updated_at": "updated_at"}


class ListPath(CustomerPath):
    id: str


def find_list(request: ApiRequest, path: ListPath) -> ValueList:
    lists = ValueList.objects.of(request.auth.account).prefetch_related("entries")
    found = lists.filter(pk=key_in(path.id)).first()
    if found is None:
        raise ProblemError(404, _("There is no such list."))
    return found


def _page(rows: Sequence[ValueList], meta: Meta) -> HttpResponse:
    included = [serializers.list_entry(entry) for row in rows for entry in row.entries.all()]
    return JsonResponse({"data": [serializers.value_list(row) for row in rows], "included": included, "meta": meta})


def _single(row: ValueList, status: int = 200) -> HttpResponse:
    document = _document(row)
    return tagged(JsonResponse(document, status=status), document)


def _document(row: ValueList) -> dict[str, object]:
    entries = [serializers.list_entry(entry) for entry in row.entries.all()]
    return {"data": serializers.value_list(row), "included": entries}


def _list(request: ApiRequest, path: ListPath) -> AbstractContextManager[ValueList]:
    return right_version(request, lambda: find_list(request, path), _document)


@router.get("/lists", response=FormPage, summary="List lists")
def list_list(request: ApiRequest, path: Path[CustomerPath], query: Query[Changing]) -> HttpResponse:
    lists = ValueList.objects.of(request.auth.account).prefetch_related("entries")
    if query.since:
        lists = lists.filter(created_at__gt=query.since)
    return _page(*paginate(sort(lists, query.sort, COLUMNS), query))


@router.get("/projects/{project_id}/lists", response=FormPage, summary="List the lists of a project")
def project_lists(request: ApiRequest, path: Path[ProjectPath], query: Query[Changing]) -> HttpResponse:
    """List those that fields of the project's forms draw from."""
    project = find_project(request, path)
    lists = ValueList.objects.filter(field_lists__link__project=project).distinct().prefetch_related("entries")
    if query.since:
        lists = lists.filter(created_at__gt=query.since)
    return _page(*paginate(sort(lists, query.sort, COLUMNS), query))


@router.post("/lists", response={201: IncludedSingle}, summary="Create a list")
def list_create(request: ApiRequest, path: Path[CustomerPath], body: NewListDocument) -> HttpResponse:
    entries = [each.values() for each in body.included]
    made = services.create_list(account=request.auth.account, name=body.data.attributes.name, entries=entries)
    return _single(made, status=201)


@router.get("/lists/{id}", response=IncludedSingle, summary="Read a list")
def list_detail(request: ApiRequest, path: Path[ListPath]) -> HttpResponse:
    return _single(find_list(request, path))


@router.put("/lists/{id}", response=IncludedSingle, summary="Update a list")
def list_update(request: ApiRequest, path: Path[ListPath], body: ListDocument) -> HttpResponse:
    """Entries that are named by UUID change, others are added; none is removed."""
    return _changed(request, path, body)


@router.patch("/lists/{id}", response=IncludedSingle, summary="Update a list")
def list_patch(request: ApiRequest, path: Path[ListPath], body: ListDocument) -> HttpResponse:
    """Entries that are named by UUID change, others are added; none is removed."""
    return _changed(request, path, body)


def _changed(request: ApiRequest, path: ListPath, body: ListDocument) -> HttpResponse:
    entries = [each.values() for each in body.included]
    with _list(request, path) as found:
        services.update_list(value_list=found, name=body.data.attributes.name, entries=entries)
    return _single(find_list(request, path))


@router.delete("/lists/{id}", response={204: None}, summary="Delete a list")
def list_delete(request: ApiRequest, path: Path[ListPath]) -> HttpResponse:
    """Values that tickets have of it stay."""
    with _list(request, path) as found:
        found.delete()
    return HttpResponse(status=204)

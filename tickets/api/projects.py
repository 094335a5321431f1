from __future__ import annotations

from django.http import HttpResponse
from ninja import Field, Path, Query, Router

from accounts.models import Project
from tickets import services
from tickets.api import serializers
from tickets.api.pagination import NotSupported, Paging, Text, ordered, page, single, whole
from tickets.api.paths import CustomerPath, ProjectPath, find_project
from tickets.api.responses import Page, Single
from tickets.api.schemas import Document, ProjectCreate, ProjectStatus, ProjectUpdate
from tokens.api.auth import ApiRequest

router = Router()
listing = Router()
COLUMNS = {
    "id": "pk",
    "running_number": "pk",
    "name": "name",
    "projectnumber": "projectnumber",
    "drstart_date": "start_date",
    "drend_date": "end_date",
    "zipcode": "zipcode",
    "city": "city",
    "street": "street",
    "country": "country",
    "status": "status",
    "created_at": "created_at",
    "updated_at": "updated_at",
}


class ProjectQuery(Paging):
    load_template: NotSupported = None
    search: Text = ""
    include_archived: str | None = Field(None, description="Given, and not false: archived projects too.")
    load_all: str | None = Field(None, description="Given, and not false: all projects, on one page.")


def is_on(flag: str | None) -> bool:
    return flag is not None and flag.lower() not in {"false", "0", "no"}


@router.get("/projects", response=Page, summary="List all projects")
def project_list(request: ApiRequest, path: Path[CustomerPath], query: Query[Paging]) -> HttpResponse:
    projects = Project.objects.of(request.auth.account)
    return page(ordered(projects, query.sort, COLUMNS), query, serializers.project)


@router.post("/projects", response={201: Single}, summary="Create a project")
def project_create(request: ApiRequest, path: Path[CustomerPath], body: Document[ProjectCreate]) -> HttpResponse:
    caller = request.auth
    project = services.create_project(account=caller.account, actor=caller.actor, values=body.data.attributes.values())
    return single(serializers.project(project), status=201)


@router.get("/projects/{project_id}", response=Single, summary="Read a project")
def project_detail(request: ApiRequest, path: Path[ProjectPath]) -> HttpResponse:
    return single(serializers.project(find_project(request, path)))


@router.put("/projects/{project_id}", response=Single, summary="Update a project")
def project_update(request: ApiRequest, path: Path[ProjectPath], body: Document[ProjectUpdate]) -> HttpResponse:
    project = find_project(request, path)
    project = services.update_project(project=project, actor=request.auth.actor, values=body.data.attributes.values())
    return single(serializers.project(project))


@router.put("/projects/{project_id}/archive_project", response=Single, summary="Archive a project, or take it back")
def project_archive(request: ApiRequest, path: Path[ProjectPath], body: Document[ProjectStatus]) -> HttpResponse:
    is_ending = body.data.attributes.status == Project.Status.ARCHIVED
    move = services.archive_project if is_ending else services.unarchive_project
    return single(serializers.project(move(project=find_project(request, path), actor=request.auth.actor)))


@listing.get("/projects", response=Page, summary="List projects")
def project_search(request: ApiRequest, path: Path[CustomerPath], query: Query[ProjectQuery]) -> HttpResponse:
    projects = Project.objects.of(request.auth.account)
    if not is_on(query.include_archived):
        projects = projects.active()
    if query.search:
        projects = projects.filter(name__icontains=query.search)
    if is_on(query.load_all):
        return whole(ordered(projects, query.sort or "name", COLUMNS), serializers.project)
    return page(ordered(projects, query.sort or "name", COLUMNS), query, serializers.project)


@listing.get("/projects/my_projects", response=Page, summary="List all projects, on one page")
def my_projects(request: ApiRequest, path: Path[CustomerPath]) -> HttpResponse:
    return whole(Project.objects.of(request.auth.account), serializers.project)

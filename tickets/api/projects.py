from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from ninja import Field, Path, Query, Router, Schema

from accounts.models import Project
from tickets import services
from tickets.api import serializers
from tickets.api.conditional import right_version
from tickets.api.pagination import NotSupported, Paging, Text, full_response, paged_response, single_response, sort
from tickets.api.paths import CustomerPath, ProjectPath, find_project
from tickets.api.responses import JobStarted, Page, Single
from tickets.api.schemas import Document, ProjectCreate, ProjectStatus, ProjectUpdate
from tickets.models import Job
from tickets.services import jobs
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
    return paged_response(sort(projects, query.sort, COLUMNS), query, serializers.project)


@router.post("/projects", response={201: Single}, summary="Create a project")
def project_create(request: ApiRequest, path: Path[CustomerPath], body: Document[ProjectCreate]) -> HttpResponse:
    caller = request.auth
    project = services.create_project(account=caller.account, actor=caller.actor, values=body.data.attributes.values())
    return single_response(serializers.project(project), status=201)


@router.get("/projects/{project_id}", response=Single, summary="Read a project")
def project_detail(request: ApiRequest, path: Path[ProjectPath]) -> HttpResponse:
    return single_response(serializers.project(find_project(request, path)))


@router.put("/projects/{project_id}", response=Single, summary="Update a project")
def project_update(request: ApiRequest, path: Path[ProjectPath], body: Document[ProjectUpdate]) -> HttpResponse:
    values = body.data.attributes.values()
    with right_version(request, lambda: find_project(request, path), serializers.project) as project:
        project = services.update_project(project=project, actor=request.auth.actor, values=values)
    return single_response(serializers.project(project))


@router.put("/projects/{project_id}/archive_project", response=Single, summary="Archive a project, or take it back")
def project_archive(request: ApiRequest, path: Path[ProjectPath], body: Document[ProjectStatus]) -> HttpResponse:
    is_ending = body.data.attributes.status == Project.Status.ARCHIVED.value
    move = services.archive_project if is_ending else services.unarchive_project
    with right_version(request, lambda: find_project(request, path), serializers.project) as project:
        project = move(project=project, actor=request.auth.actor)
    return single_response(serializers.project(project))


class CopyQuery(Schema):
    name: Text = Field(min_length=1, max_length=200, description="The name of the copy.")
    details: bool = Field(False, description="Copy number, description, address, dates and custom values.")
    groups: bool = Field(False, description="Taken; there are no groups.")
    ticket_types: bool = Field(False, description="Copy which forms are assigned, and the lists of their fields.")
    users: bool = Field(False, description="Taken; users of an account see all its projects.")
    components: bool = Field(False, description="Copy the layers with their plans.")


@router.post("/projects/{project_id}/copy_project", response={202: JobStarted}, summary="Copy a project")
def project_copy(request: ApiRequest, path: Path[ProjectPath], query: Query[CopyQuery]) -> HttpResponse:
    """A job copies the project, without its tickets. Ask for the list of projects until the copy is in it."""
    project, options = find_project(request, path), query.dict(exclude={"groups", "users"})
    actor = request.auth.actor
    job = jobs.start(Job.Kind.COPY, account=project.account, project=project, actor=actor, items=[options])
    jobs.wake_after_commit(job)
    return JsonResponse({"job_id": str(job.uuid)}, status=202)


@listing.get("/projects", response=Page, summary="List projects")
def project_search(request: ApiRequest, path: Path[CustomerPath], query: Query[ProjectQuery]) -> HttpResponse:
    projects = Project.objects.of(request.auth.account)
    if not is_on(query.include_archived):
        projects = projects.active()
    if query.search:
        projects = projects.filter(name__icontains=query.search)
    if is_on(query.load_all):
        return full_response(sort(projects, query.sort or "name", COLUMNS), serializers.project)
    return paged_response(sort(projects, query.sort or "name", COLUMNS), query, serializers.project)


@listing.get("/projects/my_projects", response=Page, summary="List all projects, on one page")
def my_projects(request: ApiRequest, path: Path[CustomerPath]) -> HttpResponse:
    return full_response(Project.objects.of(request.auth.account), serializers.project)

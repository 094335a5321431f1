"""Many tickets at once. A request counts as one against the account's limit; long work goes on as a job."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema

from accounts.models import Project
from tickets.api import errors, serializers
from tickets.api.bulk_schemas import BatchUpdate, BulkCreate, Filtered, MultiUpdate
from tickets.api.filters import filtered_by
from tickets.api.pagination import Text
from tickets.api.paths import ProjectPath, TicketPath, find_project, find_ticket, tickets_at, uuids_in
from tickets.api.responses import JobAnswer, JobStatus, Page
from tickets.api.tickets import TicketQuery, ticket_page
from tickets.models import Job, Journal, Ticket, TicketQuerySet
from tickets.services import jobs
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError

router = Router()
loading = Router()
TICKETS = "/projects/{project_id}/tickets"
AT_ONCE = 100  # tickets that are changed within the request
MAX_MATCHING = 100_000
JOURNALS_PER_PAGE, MAX_JOURNALS = 50, 100


class StatusQuery(Schema):
    job_id: Text


class JournalsQuery(Schema):
    last_sync_date: Text = Field("", description="ISO 8601: only entries written then or later.")
    prop_keys: Text = Field("", description="Attributes, with commas between: only changes of these.")
    page: int = Field(1, ge=1, le=1_000_000_000)
    pagesize: int = Field(JOURNALS_PER_PAGE, ge=1, description="At most 100; more is cut to it.")


class SubticketsQuery(Schema):
    include_typed_values: bool = False


@router.put(f"{TICKETS}/batch_update", response={200: JobAnswer, 202: JobAnswer}, summary="Update tickets by a filter")
def batch_update(request: ApiRequest, path: Path[ProjectPath], body: BatchUpdate) -> HttpResponse:
    """Up to 100 tickets are changed at once (200), more as a job (202). Each has an event of its own."""
    found = _matching(request, path, body).values_list("uuid", "ticket_type_id")
    items: list[jobs.Json] = [
        {"uuid": str(key), "attributes": body.data.for_ticket(form_id)} for key, form_id in found[:MAX_MATCHING]
    ]
    return _run(request, path, Job.Kind.UPDATE, items)


@router.post(f"{TICKETS}/batch_delete", response={202: JobAnswer, 204: None}, summary="Delete tickets by a filter")
def batch_delete(request: ApiRequest, path: Path[ProjectPath], body: Filtered) -> HttpResponse:
    """Up to 100 tickets are deleted at once (204), more as a job (202)."""
    keys = _matching(request, path, body).values_list("uuid", flat=True)[:MAX_MATCHING]
    answer = _run(request, path, Job.Kind.DELETE, [{"uuid": str(key)} for key in keys])
    return HttpResponse(status=204) if answer.status_code == 200 else answer


@router.put(
    f"{TICKETS}/multi_update", response={200: JobAnswer, 202: JobAnswer}, summary="Update tickets, each its way"
)
def multi_update(request: ApiRequest, path: Path[ProjectPath], body: MultiUpdate) -> HttpResponse:
    """Nothing is changed where one of the tickets does not exist."""
    keys = [item.attributes.uuid for item in body.data if item.attributes.uuid]
    known = set(tickets_at(request, path).filter(uuid__in=keys).values_list("uuid", flat=True))
    missing = {
        f"/data/{at}/attributes/uuid": [_("There is no such ticket.")]
        for at, key in enumerate(keys)
        if key not in known
    }
    if missing:
        raise ProblemError(422, _("Some attributes are not valid."), errors=missing)
    items: list[jobs.Json] = []
    for item in body.data:
        given = item.attributes.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude={"uuid"})
        items.append({"uuid": str(item.attributes.uuid), "attributes": given})
    return _run(request, path, Job.Kind.UPDATE, items)


def _matching(request: ApiRequest, path: ProjectPath, body: Filtered) -> TicketQuerySet:
    try:
        return filtered_by(tickets_at(request, path), body.filter).order_by("pk")
    except ProblemError as problem:
        raise ProblemError(422, problem.detail, errors={"/filter": [problem.detail]}) from None


def _project(request: ApiRequest, path: ProjectPath) -> Project | None:
    return None if path.project_id == "0" else find_project(request, path)


def _run(request: ApiRequest, path: ProjectPath, kind: Job.Kind, items: list[jobs.Json]) -> HttpResponse:
    """Do a few items within the request, and leave many to a worker."""
    caller = request.auth
    job = jobs.start(kind, account=caller.account, project=_project(request, path), actor=caller.actor, items=items)
    if job.total > AT_ONCE:
        jobs.wake_after_commit(job)
        return JsonResponse(_answer(job), status=202)
    done = jobs.run(job.pk, seconds=20) or job
    if done.total and done.failed == done.total:
        raise errors.of_invalid(ValidationError(done.errors[0]["errors"]))
    return JsonResponse(_answer(done), status=200 if done.finished_at else 202)


def _answer(job: Job) -> dict[str, object]:
    method = "direct" if job.finished_at else "job"
    return {"count": job.total, "method": method, "job_id": str(job.uuid)} | _progress(job)


def _progress(job: Job) -> dict[str, object]:
    return {
        "status": job.status,
        "total": job.total,
        "succeeded": job.succeeded,
        "failed": job.failed,
        "errors": job.errors,
    }


@router.post(f"{TICKETS}/bulk_create", response={201: JobAnswer}, summary="Create many tickets")
def bulk_create(request: ApiRequest, path: Path[ProjectPath], body: BulkCreate) -> HttpResponse:
    """A job creates them, at most 100; a ticket whose `uuid` exists already counts as created."""
    items: list[jobs.Json] = [each.model_dump(mode="json", exclude_unset=True, by_alias=True) for each in body.tickets]
    try:
        job = jobs.start_creation(project=find_project(request, path), actor=request.auth.actor, items=items)
    except jobs.JobRunningError:
        raise ProblemError(422, _("Another job creates tickets in this project. Wait until it is done.")) from None
    jobs.wake_after_commit(job)
    return JsonResponse(_answer(job), status=201)


@router.get(f"{TICKETS}/bulk_create_status", response=JobStatus, summary="Read how far a job is")
def bulk_create_status(request: ApiRequest, path: Path[ProjectPath], query: Query[StatusQuery]) -> HttpResponse:
    """Kept for 24 hours after the end. Also for the jobs of batch_update, batch_delete and multi_update."""
    found = Job.objects.of(request.auth.account).filter(uuid__in=uuids_in(query.job_id[:36])).defer("payload")
    job = found.filter(project=_project(request, path)).first()
    if job is None or (job.finished_at and job in Job.objects.expired(timezone.now())):
        raise ProblemError(404, _("There is no such job, or it ended more than 24 hours ago."))
    return JsonResponse({"job_id": str(job.uuid)} | _progress(job))


@router.get(f"{TICKETS}/journals", response=Page, summary="List the journals of a project")
def journals(request: ApiRequest, path: Path[ProjectPath], query: Query[JournalsQuery]) -> HttpResponse:
    """Entries of all tickets of the project, oldest first; each has its `ticket-uuid`."""
    entries = Journal.objects.filter(ticket__in=tickets_at(request, path)).select_related("ticket", "author")
    if query.last_sync_date:
        entries = entries.filter(created_at__gte=_moment(query.last_sync_date))
    if names := [name.strip().replace("_", "-") for name in query.prop_keys.split(",") if name.strip()]:
        entries = entries.filter(_changes_of(names))
    size = min(query.pagesize, MAX_JOURNALS)
    start = (query.page - 1) * size
    data = [serializers.journal(row) for row in entries.order_by("pk")[start : start + size]]
    return JsonResponse({"data": data, "meta": {"count": entries.count(), "page": query.page, "pagesize": size}})


def _changes_of(names: list[str]) -> Q:
    found = Q()
    for name in names[:50]:
        found |= Q(changes__has_key=name)
    return found


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a plus in an address that is not encoded is a space
        if not 1900 <= found.year <= 2200:
            raise ValueError(text)
    except ValueError:
        detail = _("This must be a date and time such as 2026-11-23T20:49:10Z.")
        raise ProblemError(400, detail, errors={"last_sync_date": [detail]}) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@router.get(f"{TICKETS}/{{uuid}}/subtickets", response=Page, summary="List the tickets under a ticket")
def subtickets(request: ApiRequest, path: Path[TicketPath], query: Query[SubticketsQuery]) -> HttpResponse:
    """`typed-values` are null unless `include_typed_values` asks for them."""
    rows = Ticket.objects.filter(parent=find_ticket(request, path, path.uuid)).with_relations()
    data = [serializers.ticket(row) for row in rows]
    if not query.include_typed_values:
        for each in data:
            each["attributes"]["typed-values"] = None
    return JsonResponse({"data": data, "meta": {"count": len(data), "page": 1, "pagesize": len(data)}})


@loading.get(f"{TICKETS}/load", response=Page, summary="List tickets")
def ticket_load(request: ApiRequest, path: Path[ProjectPath], query: Query[TicketQuery]) -> HttpResponse:
    """The same as the list of tickets, under the address that older clients ask."""
    return ticket_page(request, path, query)

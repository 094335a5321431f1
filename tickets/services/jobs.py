"""Work on many tickets: rows of jobs, each item done in one transaction with the note that it is done.

The database is the truth: a worker that dies leaves the job where it was, and the sweep hands it to another one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts.actors import Actor
from accounts.models import Account, Project
from tickets.api.schemas import TicketCreate, TicketUpdate
from tickets.models import Job, Ticket
from tickets.services.copies import CopyOptions, copy_project
from tickets.services.tickets import UuidTakenError, create_ticket, delete_ticket, update_ticket

RUN = "tickets.tasks.run_job"
TIME_SLICE = 50.0  # seconds of a worker, after which others have their turn
PATIENCE = timedelta(seconds=10)  # before the sweep takes a message for lost
Json = dict[str, object]
logger = logging.getLogger(__name__)


class JobRunningError(Exception):
    """Another job of this kind has not finished in the project."""


def start(kind: Job.Kind, *, account: Account, project: Project | None, actor: Actor, items: Sequence[Json]) -> Job:
    """Write the job down. Raise `ValidationError` for an archived project."""
    if project is not None and project.is_archived:
        raise ValidationError({"project": _("The project is archived.")})
    how = {"via": actor.via, "token": actor.token, "user_agent": actor.user_agent}
    return Job.objects.create(
        account=account, project=project, kind=kind, user=actor.user, actor=how, payload=list(items), total=len(items)
    )


@transaction.atomic
def start_creation(*, project: Project, actor: Actor, items: Sequence[Json]) -> Job:
    """Write a job down that creates tickets. Raise `JobRunningError` while another one does so in the project."""
    project = Project.objects.select_related("account").select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if Job.objects.unfinished().filter(project=project, kind=Job.Kind.CREATE).exists():
        raise JobRunningError
    return start(Job.Kind.CREATE, account=project.account, project=project, actor=actor, items=items)


def wake_after_commit(job: Job) -> None:
    transaction.on_commit(lambda: wake([job.pk]), robust=True)


def wake(keys: Sequence[int]) -> None:
    """Queue a task for each job. Never raises for a dead broker: the sweep does it again."""
    try:
        for key in keys:
            current_app.send_task(RUN, (key,), retry=False)
    except OperationalError as error:
        logger.warning("The broker took no job (%s); the sweep will send it.", type(error).__name__)


def sweep(now: datetime) -> None:
    """Hand on jobs whose message or worker was lost; forget those that ended a day ago."""
    waiting = Job.objects.without_worker(now).filter(created_at__lt=now - PATIENCE)
    wake(list(waiting.values_list("pk", flat=True)[:100]))
    Job.objects.expired(now).delete()


def run(key: int, *, seconds: float = TIME_SLICE) -> Job | None:
    """Do what is left of a job, for some seconds. Return it, or None where another worker has it."""
    job = Job.objects.select_related("account", "project__account", "user").filter(pk=key).first()
    if job is None or not job.acquire(timezone.now()):
        return None
    job.refresh_from_db(fields=["position", "succeeded", "failed", "errors", "leased_until", "status"])
    until = time.monotonic() + seconds
    while job.position < job.total:
        if not _do_next(job):
            return None
        if time.monotonic() > until and job.position < job.total:
            job.release()
            wake([job.pk])
            return job
    job.finish(timezone.now())
    return job


@transaction.atomic
def _do_next(job: Job) -> bool:
    """Do one item and note it, or neither. False where another worker has taken over."""
    held = Job.objects.select_for_update().filter(pk=job.pk, leased_until=job.leased_until, position=job.position)
    if not held.values_list("pk").first():
        return False
    job.advance(timezone.now(), error=_error_of(job))
    return True


def _error_of(job: Job) -> object:
    """Do the item; return why it cannot be done, or None."""
    actor = Actor(job.user, via="token", token=job.actor.get("token", ""), user_agent=job.actor.get("user_agent", ""))
    if job.project and Project.objects.filter(pk=job.project.pk, status=Project.Status.ARCHIVED).exists():
        return {"project": [_("The project is archived.")]}
    try:
        with transaction.atomic():
            ACTS[Job.Kind(job.kind)](job, actor, job.payload[job.position])
    except ValidationError as error:
        return error.message_dict if hasattr(error, "error_dict") else {"data": error.messages}
    except Ticket.DoesNotExist:
        return {"uuid": [_("There is no such ticket.")]}
    return None


def _create(job: Job, actor: Actor, item: Json) -> None:
    """A ticket that is there already counts as created: the client sends again what it knows nothing of."""
    project = cast(Project, job.project)
    values = TicketCreate.model_validate(item).values()
    try:
        create_ticket(project=project, actor=actor, values=values)
    except UuidTakenError:
        if not project.tickets.filter(uuid=str(values.get("uuid"))).exists():
            raise ValidationError({"uuid": _("It exists already.")}) from None


def _update(job: Job, actor: Actor, item: Json) -> None:
    ticket = Ticket.objects.of(job.account).get(uuid=str(item["uuid"]))
    update_ticket(ticket=ticket, actor=actor, values=TicketUpdate.model_validate(item["attributes"]).values())


def _delete(job: Job, actor: Actor, item: Json) -> None:
    """A ticket that is gone already counts as deleted."""
    ticket = Ticket.objects.of(job.account).filter(uuid=str(item["uuid"])).first()
    if ticket is not None:
        delete_ticket(ticket=ticket, actor=actor)


def _copy(job: Job, actor: Actor, item: Json) -> None:
    options = CopyOptions(**cast(dict[str, Any], item))
    copy_project(project=cast(Project, job.project), actor=actor, options=options)


ACTS: dict[Job.Kind, Callable[[Job, Actor, Json], None]] = {
    Job.Kind.CREATE: _create,
    Job.Kind.UPDATE: _update,
    Job.Kind.DELETE: _delete,
    Job.Kind.COPY: _copy,
}

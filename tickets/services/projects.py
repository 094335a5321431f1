from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Account, Project
from tickets.api import serializers
from tickets.services.archived import ensure_active
from tickets.services.changes import Changes, changes_between
from webhooks import events
from webhooks.engine.publish import publish


class ProjectValues(TypedDict, total=False):
    name: str
    projectnumber: str
    description: str
    street: str
    zipcode: str
    city: str
    country: str
    homepage: str
    start_date: datetime | None
    end_date: datetime | None
    typed_values: dict[str, object]


@transaction.atomic
def create_project(*, account: Account, actor: Actor, values: ProjectValues) -> Project:
    project = Project(account=account, author=actor.user)
    _apply(project, values)
    project.save()
    publish(
        events.PROJECT_CREATED, account=account, project=project, actor=actor, data=dict(serializers.project(project))
    )
    return project


@transaction.atomic
def update_project(*, project: Project, actor: Actor, values: ProjectValues) -> Project:
    """Write and tell what differs. Values of custom fields are merged; an empty one removes its field."""
    project = _locked(project)
    ensure_active(project)
    before = serializers.project_attributes(project)
    _apply(project, values)
    if changes := changes_between(before, serializers.project_attributes(project)):
        project.save()
        _publish_change(events.PROJECT_UPDATED, project, actor, changes)
    return project


@transaction.atomic
def archive_project(*, project: Project, actor: Actor) -> Project:
    return _move(project, Project.Status.ARCHIVED, events.PROJECT_ARCHIVED, actor)


@transaction.atomic
def unarchive_project(*, project: Project, actor: Actor) -> Project:
    return _move(project, Project.Status.ACTIVE, events.PROJECT_UPDATED, actor)


def _move(project: Project, status: Project.Status, event_type: str, actor: Actor) -> Project:
    project = _locked(project)
    if project.status == status:
        return project
    changes: Changes = {"status": {"from": int(project.status), "to": int(status)}}
    project.status = status
    project.save(update_fields=["status", "updated_at"])
    _publish_change(event_type, project, actor, changes)
    return project


def _publish_change(event_type: str, project: Project, actor: Actor, changes: Changes) -> None:
    data = dict(serializers.project(project))
    publish(event_type, account=project.account, project=project, actor=actor, data=data, changes=changes)


def _locked(project: Project) -> Project:
    """Read the project again and keep others from it, so that changes are told as they happened."""
    return Project.objects.select_related("account").select_for_update(of=("self",)).get(pk=project.pk)


def _apply(project: Project, values: ProjectValues) -> None:
    for name, value in values.items():
        if name == "typed_values":
            merged = project.typed_values | value
            project.typed_values = {key: kept for key, kept in merged.items() if kept not in (None, "")}
        else:
            setattr(project, name, value)
    project.full_clean(exclude=["account", "author"], validate_unique=False, validate_constraints=False)
    if project.start_date and project.end_date and project.end_date < project.start_date:
        raise ValidationError({"end_date": _("The end must not be before the start.")})

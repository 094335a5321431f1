from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership, Project
from tickets.api import serializers
from tickets.api.values import Resource
from tickets.models import Journal, Ticket
from tickets.services import placing, typed_values
from tickets.services.archived import ensure_active
from tickets.services.changes import changes_between, state_of
from webhooks import events
from webhooks.engine.publish import publish

PEOPLE = ["assigned_to", "author", "updated_by", "closed_by"]
NOT_CLEANED = [*PEOPLE, "project", "parent", "ticket_type", "component", "uuid"]  # looked up here, or made here
LOOKED_UP = {"parent_id", "uuid", "ticket_type_id", "component_id", "typed_values"}


class TicketValues(TypedDict, total=False):
    """`parent_id` is the UUID of a ticket; `assigned_to_id` and `subscribers` are ids of users.

    `ticket_type_id` and `component_id` are ids of a form and a layer as clients give them, see `placing`.
    """

    uuid: uuid.UUID | None
    subject: str | None
    status_id: int
    priority_id: int
    progress: int
    due_date: date | None
    extension_date: date | None
    closed_at: datetime | None
    assigned_to_id: int | None
    parent_id: uuid.UUID | None
    ticket_type_id: str
    component_id: str
    typed_values: dict[str, object]
    subscribers: list[int]
    plan_x: float | None
    plan_y: float | None
    lat: float | None
    lon: float | None


class UuidTakenError(Exception):
    """A ticket with the UUID that the client chose exists already."""


def create_ticket(*, project: Project, actor: Actor, values: TicketValues) -> Ticket:
    """Raise `UuidTakenError` where the ticket was created before, `ValidationError` by field for bad values."""
    ticket = Ticket(project=project, author=actor.user, updated_by=actor.user, uuid=values.get("uuid") or uuid.uuid4())
    try:
        with transaction.atomic():
            ensure_active(project)
            _apply(ticket, values, actor)
            ticket.save(force_insert=True)
            prefetch_related_objects([ticket], "children", "attachments")
            _publish(events.TICKET_CREATED, ticket, actor, serializers.ticket(ticket))
    except IntegrityError as error:
        if Ticket.objects.filter(uuid=ticket.uuid).exists():
            raise UuidTakenError from error
        raise
    return ticket


@transaction.atomic
def update_ticket(*, ticket: Ticket, actor: Actor, values: TicketValues) -> Ticket:
    """Write and tell what differs; where nothing does, do nothing. Raise `ValidationError` by field."""
    ticket = locked(ticket)
    before = serializers.ticket_attributes(ticket)
    _apply(ticket, values, actor)
    changes = changes_between(before, serializers.ticket_attributes(ticket))
    if changes:
        ticket.updated_at, ticket.updated_by = timezone.now(), actor.user
        ticket.due_date_change_count += "due-date" in changes
        ticket.save()
        ticket.journals.create(kind=Journal.Kind.CHANGE, author=actor.user, changes=changes)
        data = dict(serializers.ticket(ticket))
        project = ticket.project
        publish(
            events.TICKET_UPDATED,
            account=project.account,
            project=project,
            actor=actor,
            data=data,
            changes=changes,
            ticket=state_of(ticket, changes),
        )
    return ticket


@transaction.atomic
def delete_ticket(*, ticket: Ticket, actor: Actor) -> None:
    """Delete the ticket with all that hangs on it; the event holds its last state."""
    ticket = locked(ticket)
    last_state = serializers.ticket(ticket)
    ticket.delete()
    _publish(events.TICKET_DELETED, ticket, actor, last_state)


@transaction.atomic
def add_comment(*, ticket: Ticket, actor: Actor, comment: str, created_at: datetime | None = None) -> Journal:
    ticket = locked(ticket)
    entry = Journal(ticket=ticket, kind=Journal.Kind.COMMENT, author=actor.user, comment=comment.strip())
    if not entry.comment:
        raise ValidationError({"comment": _("A comment needs text.")})
    entry.created_at = created_at or entry.created_at
    entry.full_clean(exclude=["ticket", "author"], validate_unique=False, validate_constraints=False)
    entry.save(force_insert=True)
    _publish(events.TICKET_COMMENTED, ticket, actor, serializers.journal(entry))
    return entry


def locked(ticket: Ticket) -> Ticket:
    """Read the ticket again and keep others from it.

    Raise `Ticket.DoesNotExist` where it is gone, `ArchivedProjectError` where its project is archived.
    """
    row = Ticket.objects.with_people().with_relations().select_for_update(of=("self",)).get(pk=ticket.pk)
    ensure_active(row.project)
    return row


def _publish(event_type: str, ticket: Ticket, actor: Actor, data: Resource) -> None:
    project, state = ticket.project, state_of(ticket)
    publish(event_type, account=project.account, project=project, actor=actor, data=dict(data), ticket=state)


def _apply(ticket: Ticket, values: TicketValues, actor: Actor) -> None:
    _check_people(ticket, values)
    if "parent_id" in values:
        ticket.parent = _parent_of(ticket, values["parent_id"])
    for name, value in values.items():
        if name not in LOOKED_UP:
            setattr(ticket, name, value)
    ticket.subject = (ticket.subject or "").strip() or _("New ticket")
    ticket.follow_status(actor.user)
    _place(ticket, values)
    ticket.full_clean(exclude=NOT_CLEANED, validate_unique=False, validate_constraints=False)


def _place(ticket: Ticket, values: TicketValues) -> None:
    """Give the ticket its form and layer, and the values of the form's fields. What it has already may stay."""
    form, layer, given = values.get("ticket_type_id"), values.get("component_id"), values.get("typed_values")
    is_new, link = ticket.pk is None, None
    has_another_form = is_new or bool(form and form != str(ticket.ticket_type_id))
    if has_another_form:
        link = placing.link_of(ticket.project, form or "")
        ticket.ticket_type = link.ticket_type if link else None
    if is_new or (layer and layer != str(ticket.component_id)):
        ticket.component = placing.layer_of(ticket.project, layer or "")
    if has_another_form or given is not None:
        link = link or placing.link_with(ticket)
        typed_values.merge(ticket, given or {}, link, is_complete=True)


def _check_people(ticket: Ticket, values: TicketValues) -> None:
    """Newly assigned or subscribed users must be active members of the account. One query at most."""
    assignee = values.get("assigned_to_id")
    wanted: dict[str, set[int]] = {
        "assigned_to": {assignee} if assignee is not None and assignee != ticket.assigned_to_id else set(),
        "subscribers": {*values.get("subscribers", [])} - {*ticket.subscribers},
    }
    asked = wanted["assigned_to"] | wanted["subscribers"]
    if not asked:
        return
    members = Membership.objects.active().filter(account=ticket.project.account, user_id__in=asked)
    known = set(members.values_list("user_id", flat=True))
    if errors := {name: _("There is no such user.") for name, ids in wanted.items() if ids - known}:
        raise ValidationError(errors)


def _parent_of(ticket: Ticket, parent_uuid: uuid.UUID | None) -> Ticket | None:
    """Find the ticket of the same project to stand under. There are two levels: a child has no children."""
    if parent_uuid is None:
        return None
    parent = Ticket.objects.filter(project=ticket.project, uuid=parent_uuid).first()
    if parent is None or parent == ticket:
        raise ValidationError({"parent": _("There is no such ticket in this project.")})
    if parent.parent_id or (ticket.pk and ticket.children.exists()):
        raise ValidationError({"parent": _("A ticket that stands under another one cannot have tickets of its own.")})
    return parent

"""Rows as JSON:API resources: what the API answers with, and what events carry."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TypedDict

from accounts.models import Membership, Project, User
from tickets.models import Attachment, Journal, Ticket

Attributes = dict[str, object]
Reference = dict[str, dict[str, str]]


class Resource(TypedDict):
    id: str
    type: str
    attributes: Attributes


class LinkedResource(Resource):
    relationships: dict[str, Reference]


def moment(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def number(value: int | None) -> str | None:
    return None if value is None else str(value)


def project(row: Project) -> Resource:
    return {"id": str(row.pk), "type": "projects", "attributes": project_attributes(row)}


def project_attributes(row: Project) -> Attributes:
    return {
        "name": row.name,
        "projectnumber": row.projectnumber,
        "status": int(row.status),
        "description": row.description,
        "street": row.street,
        "zipcode": row.zipcode,
        "city": row.city,
        "country": row.country,
        "homepage": row.homepage,
        "drstart-date": moment(row.start_date),
        "drend-date": moment(row.end_date),
        "typed-values": row.typed_values,
        "created-at": moment(row.created_at),
        "updated-at": moment(row.updated_at),
    }


def ticket(row: Ticket) -> Resource:
    """Describe a ticket that was loaded with its parent."""
    return {"id": str(row.uuid), "type": "tickets", "attributes": ticket_attributes(row)}


def ticket_attributes(row: Ticket) -> Attributes:
    return {
        "uuid": str(row.uuid),
        "project-id": str(row.project_id),
        "subject": row.subject,
        "status-id": int(row.status_id),
        "priority-id": int(row.priority_id),
        "progress": row.progress,
        "due-date": day(row.due_date),
        "extension-date": day(row.extension_date),
        "closed-at": moment(row.closed_at),
        "assigned-to-id": number(row.assigned_to_id),
        "assignee-type": "User" if row.assigned_to_id else None,
        "author-id": number(row.author_id),
        "parent-id": str(row.parent.uuid) if row.parent else None,
        "ticket-type-id": row.ticket_type_id,
        "component-id": row.component_id,
        "typed-values": row.typed_values,
        "subscribers": row.subscribers,
        "plan-x": row.plan_x,
        "plan-y": row.plan_y,
        "created-at": moment(row.created_at),
        "updated-at": moment(row.updated_at),
    }


def journal(row: Journal) -> LinkedResource:
    """Describe an entry that was loaded with its ticket and author."""
    return {
        "id": str(row.pk),
        "type": "journals",
        "attributes": {
            "journal-type": int(row.kind),
            "comment": row.comment or None,
            "changes": row.changes,
            "author-id": number(row.author_id),
            "author-name": row.author.name if row.author else None,
            "created-on": moment(row.created_at),
        },
        "relationships": {"ticket": _reference("tickets", row.ticket.uuid)},
    }


def attachment(row: Attachment) -> LinkedResource:
    """Describe a file that was loaded with its ticket and project."""
    owner = row.ticket
    folder = f"/api/v2/{owner.project.account_id}/projects/{owner.project_id}/tickets/{owner.uuid}/attachments"
    links = {"ticket": _reference("tickets", owner.uuid)}
    if row.author_id:
        links["created-by"] = _reference("users", row.author_id)
    return {
        "id": str(row.uuid),
        "type": "attachments",
        "attributes": {
            "uuid": str(row.uuid),
            "attachment-name": row.name,
            "caption": row.caption,
            "attachment-type": row.kind,
            "content-type": row.content_type,
            "size": row.size,
            "url": f"{folder}/{row.uuid}/file",
            "ticket-uuid": str(owner.uuid),
            "created-by": number(row.author_id),
            "created-at": moment(row.created_at),
        },
        "relationships": links,
    }


def author(row: User) -> Resource:
    """Describe who did something, who may be a member no longer."""
    return {"id": str(row.pk), "type": "users", "attributes": {"name": row.name}}


def user(row: Membership) -> Resource:
    """Describe a member of an account, loaded with their user."""
    first, _, last = row.name.partition(" ")
    return {
        "id": str(row.user_id),
        "type": "users",
        "attributes": {
            "name": row.name,
            "firstname": first,
            "lastname": last,
            "email": row.user.email,
            "user-type": row.kind,
            "is-active": row.is_active and row.user.is_active,
            "created-at": moment(row.created_at),
        },
    }


def _reference(kind: str, key: object) -> Reference:
    return {"data": {"type": kind, "id": str(key)}}

"""Rows as JSON:API resources: what the API answers with, and what events carry."""

from __future__ import annotations

from accounts.models import Membership, Project, User
from tickets.api.values import (
    Attributes,
    LinkedResource,
    Relationship,
    Resource,
    day,
    moment,
    number,
    reference,
    references,
)
from tickets.codes import WORDS, in_words
from tickets.models import Attachment, Journal, Ticket


def project(row: Project) -> LinkedResource:
    links = {
        "author": reference("users", row.author_id),
        "groups": references("groups", []),
        "project-memberships": references("project-memberships", []),
    }
    return {
        "id": str(row.pk),
        "type": "projects",
        "attributes": project_attributes(row),
        "relationships": links,
    }


def project_attributes(row: Project) -> Attributes:
    created, updated = moment(row.created_at), moment(row.updated_at)
    return {
        "id": str(row.pk),
        "name": row.name,
        "projectnumber": row.projectnumber,
        "running-number": str(row.pk),
        "status": int(row.status),
        "description": row.description,
        "street": row.street,
        "zipcode": row.zipcode,
        "city": row.city,
        "country": row.country,
        "homepage": row.homepage,
        "drstart-date": moment(row.start_date),
        "drend-date": moment(row.end_date),
        "author-id": number(row.author_id),
        "parent-id-hashed": str(row.account_id),
        "project-image": None,
        "typed-fields": [],
        "typed-values": row.typed_values,
        "created-on": created,
        "updated-on": updated,
        "created-at": created,
        "updated-at": updated,
    }


def ticket(row: Ticket) -> LinkedResource:
    """Describe a ticket that was loaded `with_relations`."""
    return {
        "id": str(row.uuid),
        "type": "tickets",
        "attributes": ticket_attributes(row),
        "relationships": ticket_relationships(row),
    }


def ticket_attributes(row: Ticket) -> Attributes:
    updated = moment(row.updated_at)
    return {
        "id": str(row.uuid),
        "uuid": str(row.uuid),
        "sequential-id": row.sequential_id,
        "project-id": str(row.project_id),
        "customer-id": str(row.project.account_id),
        "parent-id-hashed": str(row.project.account_id),
        "subject": row.subject,
        "status-id": WORDS[row.status_id],
        "priority-id": WORDS[row.priority_id],
        "progress": row.progress,
        "due-date": day(row.due_date),
        "due-date-change-count": row.due_date_change_count,
        "extension-date": day(row.extension_date),
        "closed-at": moment(row.closed_at),
        "closed-by-id": number(row.closed_by_id),
        "assigned-to-id": number(row.assigned_to_id),
        "assignee-type": "User" if row.assigned_to_id else None,
        "author-id": number(row.author_id),
        "created-by": {"id": str(row.author_id), "name": row.author.name} if row.author else None,
        "updated-by-id": number(row.updated_by_id),
        "parent-id": str(row.parent.uuid) if row.parent else None,
        "has-children": bool(row.children.all()),
        "ticket-type-id": number(row.ticket_type_id),
        "component-id": number(row.component_id),
        "typed-values": row.typed_values,
        "subscribers": row.subscribers,
        "plan-id": None,
        "plan-x": row.plan_x,
        "plan-y": row.plan_y,
        "lat": row.lat,
        "lon": row.lon,
        "seen": None,
        "created-at": moment(row.created_at),
        "updated-at": updated,
        "server-updated-at": updated,
    }


FILES = {  # kinds of attachments, under the names of the relationships
    "defectradar-issue-image": ("defectradar-issue-images", Attachment.Kind.PHOTO),
    "ticket-videos": ("ticket-videos", Attachment.Kind.VIDEO),
    "defectradar-issue-audio": ("defectradar-issue-audios", Attachment.Kind.AUDIO),
    "documents": ("documents", Attachment.Kind.DOCUMENT),
}


def ticket_relationships(row: Ticket) -> dict[str, Relationship]:
    attachments = row.attachments.all()
    links = {
        "author": reference("users", row.author_id),
        "updated-by": reference("users", row.updated_by_id),
        "assigned-to": reference("users", row.assigned_to_id),
        "priority": reference("priorities", WORDS[row.priority_id]),
        "status": reference("statuses", WORDS[row.status_id]),
        "project": reference("projects", row.project_id),
        "component": reference("components", row.component_id),
        "ticket-type": reference("ticket-types", row.ticket_type_id),
        "parent-ticket": reference("tickets", row.parent.uuid if row.parent else None),
        "journal": reference("journals", None),
        "children-tickets": references("tickets", [str(child.uuid) for child in row.children.all()]),
    }
    for name, (kind, of_kind) in FILES.items():
        links[name] = references(kind, [str(file.uuid) for file in attachments if file.kind == of_kind])
    return links


def journal(row: Journal) -> LinkedResource:
    """Describe an entry that was loaded with its ticket and author."""
    return {
        "id": str(row.pk),
        "type": "journals",
        "attributes": {
            "id": str(row.pk),
            "journal-type": int(row.kind),
            "comment": row.comment or None,
            "changes": in_words(row.changes),
            "author-id": number(row.author_id),
            "author-name": row.author.name if row.author else None,
            "author": {"id": str(row.author_id), "name": row.author.name} if row.author else None,
            "ticket-uuid": str(row.ticket.uuid),
            "created-on": moment(row.created_at),
        },
        "relationships": {"ticket": reference("tickets", row.ticket.uuid)},
    }


def attachment(row: Attachment) -> LinkedResource:
    """Describe a file that was loaded with its ticket and project."""
    owner = row.ticket
    folder = f"/api/v2/{owner.project.account_id}/projects/{owner.project_id}/tickets/{owner.uuid}/attachments"
    links = {"ticket": reference("tickets", owner.uuid)}
    if row.author_id:
        links["created-by"] = reference("users", row.author_id)
    return {
        "id": str(row.uuid),
        "type": "attachments",
        "attributes": {
            "id": str(row.uuid),
            "uuid": str(row.uuid),
            "attachable-id": str(row.uuid),
            "title": row.name,
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


def user_key(row: Membership) -> str:
    """Return the id of a user; of who has not joined yet, one that tells nothing of what they are elsewhere."""
    return f"invited-{row.pk}" if row.joined_at is None else str(row.user_id)


def user(row: Membership) -> Resource:
    """Describe a member of an account, loaded with their user."""
    first, _, last = row.name.partition(" ")
    is_active, key = row.state == Membership.State.ACTIVE, user_key(row)
    return {
        "id": key,
        "type": "users",
        "attributes": {
            "id": key,
            "name": row.name,
            "firstname": first,
            "lastname": last,
            "mail": row.user.email,
            "email": row.user.email,
            "active": is_active,
            "is-active": is_active,
            "company": row.company,
            "position": row.position,
            "street": row.street,
            "zipcode": row.zipcode,
            "city": row.city,
            "tel": row.tel,
            "user-type": row.kind,
            "state": row.state,
            "subcontractor": row.kind == Membership.Kind.EXTERNAL and not row.is_watcher,
            "watcher": row.kind == Membership.Kind.EXTERNAL and row.is_watcher,
            "created-at": moment(row.created_at),
        },
    }

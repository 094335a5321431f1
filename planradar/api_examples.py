"""Example answers and events, made from rows in memory by the code that makes real ones."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from functools import cache
from typing import cast

from accounts.actors import Actor
from accounts.models import Account, Membership, Project, User
from tickets.api import serializers
from tickets.models import Attachment, Journal, Ticket
from webhooks import events
from webhooks.engine.publish import Json, head_of
from webhooks.models import Event

AT = datetime(2026, 11, 23, 20, 49, 10, 123000, UTC)
ACCOUNT = Account(pk=1, name="Baumann Bau")
ADA = User(pk=3, name="Ada Nowak", email="ada@example.com")
PROJECT = Project(pk=7, account=ACCOUNT, name="Harbour Tower", projectnumber="HT-7", city="Hamburg", country="Germany")
PROJECT.created_at = PROJECT.updated_at = AT
TICKET_UUID = uuid.UUID("0b0f2c3e-5a53-4c7b-9d52-3f6e2c1a7d10")
FILE_UUID = uuid.UUID("6f7c3a56-2a0e-4f53-8f1d-64a9d2b3c4e5")
CHANGES: Json = {"status-id": {"from": "lm", "to": "ma"}}


def ticket_row() -> Ticket:
    row = Ticket(
        pk=41, project=PROJECT, uuid=TICKET_UUID, subject="Crack in the north wall", status_id=3, priority_id=2
    )
    row.author, row.due_date, row.created_at, row.updated_at = ADA, date(2026, 12, 4), AT, AT
    vars(row)["_prefetched_objects_cache"] = {"children": [], "attachments": []}  # without asking the database
    return row


def attachment_row(kind: Attachment.Kind, name: str, content_type: str) -> Attachment:
    return Attachment(
        pk=12, uuid=FILE_UUID, ticket=ticket_row(), kind=kind, name=name, content_type=content_type, size=48_213,
        author=ADA, created_at=AT,
    )  # fmt: skip


def journal_row(kind: Journal.Kind, comment: str = "", changes: Json | None = None) -> Journal:
    return Journal(
        pk=90, ticket=ticket_row(), kind=kind, author=ADA, comment=comment, changes=changes or {}, created_at=AT
    )


@cache
def resources() -> dict[str, Json]:
    """Return an example of each resource, by the beginning of the names of its operations."""
    member = Membership(pk=4, account=ACCOUNT, user=ADA, name=ADA.name, kind=Membership.Kind.INTERNAL, created_at=AT)
    photo = serializers.attachment(attachment_row(Attachment.Kind.PHOTO, "wall.jpg", "image/jpeg"))
    found = {
        "ticket": serializers.ticket(ticket_row()),
        "project": serializers.project(PROJECT),
        "journal": serializers.journal(journal_row(Journal.Kind.COMMENT, "Seen on site.")),
        "attachment": {**photo, "type": "ticket-attachment"},
        "user": serializers.user(member),
        "event": {"id": "evt_…", "type": "events", "attributes": {"event": "ticket.updated", "…": "…"}},
    }
    return cast(dict[str, Json], found)


@cache
def event_examples() -> dict[str, Json]:
    """Return an example body of each event of the catalogue."""
    ticket, project = serializers.ticket(ticket_row()), serializers.project(PROJECT)
    photo = serializers.attachment(attachment_row(Attachment.Kind.PHOTO, "wall.jpg", "image/jpeg"))
    document = serializers.attachment(attachment_row(Attachment.Kind.DOCUMENT, "plan.pdf", "application/pdf"))
    comment = serializers.journal(journal_row(Journal.Kind.COMMENT, "Seen on site."))
    data = {
        events.TICKET_CREATED: ticket,
        events.TICKET_UPDATED: ticket,
        events.TICKET_DELETED: ticket,
        events.TICKET_COMMENTED: comment,
        events.TICKET_PHOTO_ATTACHED: photo,
        events.TICKET_DOCUMENT_ATTACHED: document,
        events.TICKET_ATTACHMENT_DELETED: photo,
        events.WEBHOOK_TEST: {
            "id": "5",
            "type": "webhooks",
            "attributes": {"description": "Defects to the ERP system"},
        },
    }
    return {name: _body(name, cast(Json, data.get(name, project))) for name in events.CATALOGUE}


def _body(name: str, data: Json) -> Json:
    event = Event(pk=4711, uid="evt_0000000000000000000000004711", account=ACCOUNT, type=name, created_at=AT)
    project = None if name == events.WEBHOOK_TEST else PROJECT
    actor = Actor(ADA, "token", "ERP import", "ERP-Sync/2.1")
    body = head_of(event, ACCOUNT, project, actor) | {"data": data}
    if name == events.TICKET_UPDATED:
        body["changes"] = CHANGES
    if name in (events.PROJECT_UPDATED, events.PROJECT_ARCHIVED):
        body["changes"] = {"status": {"from": 1, "to": 9}}
    return body

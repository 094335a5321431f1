from __future__ import annotations

import uuid

from django.core.files.base import File
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from tickets import uploads
from tickets.api import serializers
from tickets.models import Attachment, Journal, Ticket
from tickets.services.changes import state_of
from tickets.services.tickets import UuidTaken, locked
from webhooks import events
from webhooks.engine.publish import publish


def attach_file(
    *,
    ticket: Ticket,
    actor: Actor,
    content: File,
    name: str = "",
    caption: str = "",
    attachment_uuid: uuid.UUID | None = None,
) -> Attachment:
    """Keep the file, as what its content shows it to be. Raise `uploads.Refused` or `UuidTaken`.

    Where the rows cannot be written, the file goes again.
    """
    found = uploads.inspect(content, name)
    row = Attachment(
        ticket=ticket,
        kind=found.kind,
        name=found.name,
        caption=caption,
        content_type=found.content_type,
        size=content.size,
        author=actor.user,
        uuid=attachment_uuid or uuid.uuid4(),
    )
    row.full_clean(exclude=["ticket", "author", "uuid", "file"], validate_unique=False, validate_constraints=False)
    row.file.save(found.name, content, save=False)
    try:
        _insert(row, actor)
    except BaseException as error:
        row.file.storage.delete(str(row.file.name))
        if isinstance(error, IntegrityError) and Attachment.objects.filter(uuid=row.uuid).exists():
            raise UuidTaken from error
        raise
    return row


@transaction.atomic
def _insert(row: Attachment, actor: Actor) -> None:
    row.ticket = locked(row.ticket)
    row.save(force_insert=True)
    _note(row, actor, before=None, after=row.name)
    _publish(events.TICKET_PHOTO_ATTACHED if row.is_photo else events.TICKET_DOCUMENT_ATTACHED, row, actor)


@transaction.atomic
def delete_attachment(*, attachment: Attachment, actor: Actor) -> None:
    """Delete the row now, and the file when that is certain. Raise `DoesNotExist` where it is gone meanwhile."""
    ticket = locked(attachment.ticket)
    attachment = ticket.attachments.select_related("author").get(pk=attachment.pk)
    attachment.ticket = ticket
    _note(attachment, actor, before=attachment.name, after=None)
    _publish(events.TICKET_ATTACHMENT_DELETED, attachment, actor)
    attachment.delete()


def _note(row: Attachment, actor: Actor, *, before: str | None, after: str | None) -> None:
    changes = {"attachment": {"from": before, "to": after}}
    row.ticket.journals.create(kind=Journal.Kind.MEDIA, author=actor.user, changes=changes)


def _publish(event_type: str, row: Attachment, actor: Actor) -> None:
    project, data = row.ticket.project, dict(serializers.attachment(row))
    state = state_of(row.ticket)
    publish(event_type, account=project.account, project=project, actor=actor, data=data, ticket=state)

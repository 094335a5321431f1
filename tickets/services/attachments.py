from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TypedDict

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.actors import Actor
from tickets import thumbnails, uploads
from tickets.api import serializers
from tickets.models import Attachment, Journal, Ticket
from tickets.models.attachment import delete_after_commit
from tickets.services.changes import Changes, state_of
from tickets.services.tickets import UuidTakenError, locked
from webhooks import events
from webhooks.engine.publish import publish

NOT_CLEANED = ["ticket", "author", "uuid", "file", "thumbnail"]


class AttachmentValues(TypedDict, total=False):
    content: File
    name: str
    caption: str


def attach_file(
    *,
    ticket: Ticket,
    actor: Actor,
    content: File,
    name: str = "",
    caption: str = "",
    attachment_uuid: uuid.UUID | None = None,
) -> Attachment:
    """Keep the file, as what its content shows it to be. Raise `UploadRefusedError` or `UuidTakenError`.

    Where the rows cannot be written, the file goes again.
    """
    row = Attachment(ticket=ticket, caption=caption, author=actor.user, uuid=attachment_uuid or uuid.uuid4())
    _take(row, content, name)
    try:
        _insert(row, actor)
    except BaseException as error:
        row.file.storage.delete(str(row.file.name))
        if isinstance(error, IntegrityError) and Attachment.objects.filter(uuid=row.uuid).exists():
            raise UuidTakenError from error
        raise
    return row


def _take(row: Attachment, content: File, name: str) -> None:
    """Store the file of a row and describe it, once all of it is known to be good."""
    found = uploads.inspect(content, name)
    used = Attachment.objects.of(row.ticket.project.account).aggregate(used=Sum("size"))["used"] or 0
    if used + content.size > settings.ATTACHMENT_QUOTA:
        raise uploads.UploadRefusedError(_("Your account has no room left for files. Delete some."), too_large=True)
    row.kind, row.name, row.content_type, row.size = found.kind, found.name, found.content_type, content.size
    row.thumbnail_due = row.is_photo
    row.full_clean(exclude=NOT_CLEANED, validate_unique=False, validate_constraints=False)
    row.file.save(found.name, content, save=False)


@transaction.atomic
def _insert(row: Attachment, actor: Actor) -> None:
    row.ticket = locked(row.ticket)
    row.save(force_insert=True)
    if row.thumbnail_due:
        thumbnails.queue(row)
    _note(row, actor, {"attachment": {"from": None, "to": row.name}})
    _publish(_attached(row), row, actor)


def update_attachment(*, attachment: Attachment, actor: Actor, values: AttachmentValues) -> Attachment:
    """Change the caption and the name, or put another file in its place. Raise `UploadRefusedError`."""
    row = Attachment.objects.with_people().get(pk=attachment.pk)
    row.caption = values.get("caption", row.caption)
    content = values.get("content")
    if content is None:
        row.name = uploads.clean_name(values.get("name", "")) or row.name
        row.full_clean(exclude=NOT_CLEANED, validate_unique=False, validate_constraints=False)
        return _replace(row, actor)
    _take(row, content, values.get("name", row.name))
    try:
        return _replace(row, actor)
    except BaseException:
        row.file.storage.delete(str(row.file.name))
        raise


@transaction.atomic
def _replace(row: Attachment, actor: Actor) -> Attachment:
    row.ticket = locked(row.ticket)
    before = row.ticket.attachments.get(pk=row.pk)
    pairs = {"attachment": (before.name, row.name), "caption": (before.caption, row.caption)}
    changes: Changes = {name: {"from": old, "to": new} for name, (old, new) in pairs.items() if old != new}
    if row.file.name != before.file.name:
        changes["attachment"] = {"from": before.name, "to": row.name}
        delete_after_commit(before.file)
        delete_after_commit(before.thumbnail)
        row.thumbnail = None
    if not changes:
        return row
    row.save(force_update=True)
    if row.thumbnail_due:
        thumbnails.queue(row)
    _note(row, actor, changes)
    _publish(_attached(row), row, actor, changes)
    return row


@transaction.atomic
def delete_attachment(*, attachment: Attachment, actor: Actor) -> None:
    """Delete the row now, and the file when that is certain. Raise `DoesNotExist` where it is gone."""
    ticket = locked(attachment.ticket)
    attachment = ticket.attachments.select_related("author").get(pk=attachment.pk)
    attachment.ticket = ticket
    _note(attachment, actor, {"attachment": {"from": attachment.name, "to": None}})
    _publish(events.TICKET_ATTACHMENT_DELETED, attachment, actor)
    attachment.delete()


@transaction.atomic
def delete_attachments(*, attachments: Sequence[Attachment], actor: Actor) -> None:
    """Delete all of them or, where one is gone, none."""
    for attachment in attachments:
        delete_attachment(attachment=attachment, actor=actor)


def _attached(row: Attachment) -> str:
    return events.TICKET_PHOTO_ATTACHED if row.is_photo else events.TICKET_DOCUMENT_ATTACHED


def _note(row: Attachment, actor: Actor, changes: Changes) -> None:
    row.ticket.journals.create(kind=Journal.Kind.MEDIA, author=actor.user, changes=changes)


def _publish(event_type: str, row: Attachment, actor: Actor, changes: Changes | None = None) -> None:
    project, data = row.ticket.project, dict(serializers.attachment(row))
    publish(
        event_type,
        account=project.account,
        project=project,
        actor=actor,
        data=data,
        changes=changes,
        ticket=state_of(row.ticket),
    )

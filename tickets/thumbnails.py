"""Small pictures of photos, made once by a worker. Until then, and where it fails, the photo stands for its own."""

from __future__ import annotations

import logging

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction
from kombu.exceptions import OperationalError

from tickets import images
from tickets.models import Attachment

MAKE = "tickets.tasks.make_thumbnail"
SWEPT = 500
logger = logging.getLogger(__name__)


def queue(attachment: Attachment) -> None:
    """Have the thumbnail made once the photo is committed."""
    pk = attachment.pk
    transaction.on_commit(lambda: _send(pk), robust=True)


def sweep() -> None:
    """Queue what is due: thumbnails whose message was lost."""
    for pk in Attachment.objects.filter(thumbnail_due=True).values_list("pk", flat=True)[:SWEPT]:
        _send(pk)


def make(pk: int) -> None:
    """Make the thumbnail, if nobody else does. A photo that ends the process it is opened in is not tried again."""
    if not Attachment.objects.filter(pk=pk, thumbnail_due=True).update(thumbnail_due=False):
        return
    row = Attachment.objects.get(pk=pk)
    try:
        with row.file.open("rb") as photo:
            content = images.thumbnail_of(photo.read())
    except (images.UnreadableImageError, FileNotFoundError) as error:
        logger.warning("Attachment %s has no thumbnail (%s).", pk, type(error).__name__)
        return
    photo_name = str(row.file.name)
    row.thumbnail.save("thumbnail", ContentFile(content), save=False)
    if not Attachment.objects.filter(pk=pk, file=photo_name).update(thumbnail=row.thumbnail.name):
        row.thumbnail.storage.delete(str(row.thumbnail.name))  # the photo was deleted or replaced


def _send(pk: int) -> None:
    try:
        current_app.send_task(MAKE, (pk,), retry=False)
    except OperationalError as error:
        logger.warning("The broker took no thumbnail (%s); the sweep will.", type(error).__name__)

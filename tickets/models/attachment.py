from __future__ import annotations

import uuid
from secrets import token_hex
from typing import Any, ClassVar

from django.db import models, transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from tickets.models.ticket import Ticket


def random_name(attachment: Attachment, name: str) -> str:
    """Name a stored file after nothing that a person gave; two letters make the folder."""
    stem = token_hex(16)
    return f"attachments/{stem[:2]}/{stem}"


def random_thumbnail_name(attachment: Attachment, name: str) -> str:
    return random_name(attachment, name).replace("attachments/", "thumbnails/")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, account: Account) -> AttachmentQuerySet:
        return self.filter(ticket__project__account=account)

    def with_people(self) -> AttachmentQuerySet:
        return self.select_related("ticket__project__account", "author")


class Attachment(models.Model):
    """A photo or another file on a ticket. Its kind and content type are what its content shows."""

    class Kind(models.TextChoices):
        """The names are those of the API's filter."""

        PHOTO = "images", _("photo")
        VIDEO = "videos", _("video")
        AUDIO = "audios", _("sound")
        DOCUMENT = "documents", _("document")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="attachments", db_index=False)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    name = models.CharField(_("name"), max_length=255)
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    file = models.FileField(upload_to=random_name)
    thumbnail = models.FileField(upload_to=random_thumbnail_name, blank=True, editable=False)
    thumbnail_due = models.BooleanField(default=False, editable=False)  # until a worker takes it up, once
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The attachments of one ticket, on its page and in the API.
            models.Index(fields=["ticket", "id"], name="attachment_of_ticket"),
            # The photos that wait for a thumbnail, for the sweep.
            models.Index(fields=["id"], name="thumbnail_due", condition=models.Q(thumbnail_due=True)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        return self.kind == self.Kind.PHOTO


@receiver(models.signals.post_delete, sender=Attachment)
def delete_file(instance: Attachment, **kwargs: Any) -> None:
    """Delete the file with its row, however the row goes: alone, with its ticket, with the whole account."""
    delete_after_commit(instance.file)
    delete_after_commit(instance.thumbnail)


def delete_after_commit(file: models.fields.files.FieldFile) -> None:
    storage, name = file.storage, str(file.name or "")
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)

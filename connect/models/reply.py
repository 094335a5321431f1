from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CannedReply(models.Model):
    """A text that Customer Success sends often: for one kind of answer, in one language."""

    class Use(models.TextChoices):
        APPROVE = "approve", _("approve")
        ASK = "ask", _("ask a question")
        DECLINE = "decline", _("decline")
        WRITE = "write", _("write a message")

    title = models.CharField(_("title"), max_length=100)
    use = models.CharField(_("used to"), max_length=7, choices=Use)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    text = models.TextField(_("text"), max_length=5000)

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering: ClassVar[list[str]] = ["use", "language", "title"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["use", "language", "title"], name="one_reply_per_use_language_title"),
        ]

    def __str__(self) -> str:
        return self.title

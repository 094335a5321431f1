"""Layers, which the API calls components: storeys and parts of a project, each with a plan or none."""

from __future__ import annotations

import uuid
from secrets import token_hex
from typing import Any, ClassVar

from django.db import models, transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Project, User


def plan_name(layer: Layer, name: str) -> str:
    """Name a stored plan after nothing that a person gave; two letters make the folder."""
    stem = token_hex(16)
    return f"plans/{stem[:2]}/{stem}"


class LayerQuerySet(models.QuerySet["Layer"]):
    def of(self, account: Account) -> LayerQuerySet:
        return self.filter(project__account=account)


class Layer(models.Model):
    class Kind(models.IntegerChoices):
        """The numbers are those of the API's `component-type`."""

        LAYER = 1, _("layer")
        PLAN = 2, _("layer with a plan")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="layers", db_index=False)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=200)
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    order = models.IntegerField(default=0)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    plan = models.FileField(_("plan"), upload_to=plan_name, blank=True)
    plan_file_name = models.CharField(max_length=255, blank=True)
    plan_content_type = models.CharField(max_length=100, blank=True)
    plan_size = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = LayerQuerySet.as_manager()

    class Meta:
        verbose_name = _("layer")
        verbose_name_plural = _("layers")
        ordering: ClassVar[list[str]] = ["order", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            # The layers of a project, on its page and in the API.
            models.Index(fields=["project", "order", "id"], name="layer_of_project"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> Kind:
        return self.Kind.PLAN if self.plan else self.Kind.LAYER


@receiver(models.signals.post_delete, sender=Layer)
def delete_plan(instance: Layer, **kwargs: Any) -> None:
    """Delete the plan with its row, however the row goes."""
    if instance.plan:
        storage, name = instance.plan.storage, str(instance.plan.name)
        transaction.on_commit(lambda: storage.delete(name), robust=True)

"""Layers of a project, and their plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Project
from tickets import uploads
from tickets.models import Attachment, Layer
from tickets.services.placing import key_in

PDF = "application/pdf"
MAX_DEPTH = 50


class LayerValues(TypedDict, total=False):
    """`component_id` names a layer that is there already; `parent_id` the one that it is part of."""

    component_id: str
    name: str
    description: str
    parent_id: str | None
    order: int


class Plan(TypedDict):
    content: File
    name: str


def create_layers(
    *, project: Project, actor: Actor, layers: Sequence[LayerValues], plan: Plan | None = None
) -> list[Layer]:
    """Create layers, or change those that are named by id; all get the plan. All of them, or none.

    Raise `ValidationError` by field, `UploadRefusedError` for a file that is no plan.
    """
    found = _inspected(plan) if plan else None
    stored: list[Layer] = []
    try:
        with transaction.atomic():
            for values in layers:
                layer = _layer_for(project, actor, values)
                _apply(layer, values)
                if plan and found:
                    _store(layer, plan, found)
                    stored.append(layer)
                layer.save()
                stored += [] if layer in stored else [layer]
    except BaseException:
        for layer in stored:
            if found and layer.plan:
                layer.plan.storage.delete(str(layer.plan.name))
        raise
    return stored


@transaction.atomic
def update_layer(*, layer: Layer, values: LayerValues) -> Layer:
    layer = Layer.objects.select_for_update().get(pk=layer.pk)
    _apply(layer, values)
    layer.save()
    return layer


def _layer_for(project: Project, actor: Actor, values: LayerValues) -> Layer:
    code = values.get("component_id")
    if not code:
        return Layer(project=project, author=actor.user)
    layer = project.layers.select_for_update().filter(pk=key_in(code)).first()
    if layer is None:
        raise ValidationError({"component_id": _("There is no such layer in this project.")})
    return layer


def _apply(layer: Layer, values: LayerValues) -> None:
    layer.name = values.get("name", layer.name).strip()
    layer.description = values.get("description", layer.description)
    layer.order = values.get("order", layer.order)
    if "parent_id" in values:
        layer.parent = _parent_of(layer, values["parent_id"] or "")
    layer.full_clean(exclude=["project", "author", "parent", "plan"], validate_unique=False)


def _parent_of(layer: Layer, code: str) -> Layer | None:
    """Find a layer of the same project that is not part of this one."""
    if not code:
        return None
    above = {each.pk: each for each in Layer.objects.filter(project=layer.project_id)}
    parent = step = above.get(key_in(code))
    for _level in range(MAX_DEPTH):
        if step is None:
            break
        if step.pk == layer.pk:
            raise ValidationError({"parent_id": _("A layer cannot be part of itself.")})
        step = above.get(step.parent_id) if step.parent_id else None
    if parent is None or step is not None:
        raise ValidationError({"parent_id": _("There is no such layer in this project.")})
    return parent


def _inspected(plan: Plan) -> uploads.Found:
    """Take PDFs and images, by what they hold."""
    found = uploads.inspect(plan["content"], plan["name"])
    if found.kind != Attachment.Kind.PHOTO and found.content_type != PDF:
        raise uploads.UploadRefusedError(_("A plan is a PDF or an image."))
    return found


def _store(layer: Layer, plan: Plan, found: uploads.Found) -> None:
    """Store the plan; the one before goes with the commit."""
    if layer.plan:
        storage, name = layer.plan.storage, str(layer.plan.name)
        transaction.on_commit(lambda: storage.delete(name), robust=True)
    plan["content"].seek(0)
    layer.plan.save(found.name, plan["content"], save=False)
    layer.plan_file_name, layer.plan_content_type = found.name, found.content_type
    layer.plan_size = plan["content"].size

"""Copies of projects: their details, forms and layers, without tickets."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Project
from tickets.api import serializers
from tickets.models import FieldList, Layer, ProjectTicketType
from tickets.models.defaults import give_first_form, give_first_layer
from webhooks import events
from webhooks.engine.publish import publish

DETAILS = ["projectnumber", "description", "street", "zipcode", "city", "country", "homepage", "start_date", "end_date"]


@dataclass(frozen=True, slots=True)
class CopyOptions:
    name: str
    details: bool = False
    ticket_types: bool = False
    components: bool = False


def copy_project(*, project: Project, actor: Actor, options: CopyOptions) -> Project:
    """Copy the project in one transaction; where it fails, no file is left."""
    stored: list[Layer] = []
    try:
        with transaction.atomic():
            copy = Project(account=project.account, name=options.name, author=actor.user)
            copy.is_copy = True
            if options.details:
                for field in DETAILS:
                    setattr(copy, field, getattr(project, field))
                copy.typed_values = dict(project.typed_values)
            copy.save()
            _copy_forms(project, copy) if options.ticket_types else give_first_form(copy)
            _copy_layers(project, copy, actor, stored) if options.components else give_first_layer(copy)
            data = dict(serializers.project(copy))
            publish(events.PROJECT_CREATED, account=copy.account, project=copy, actor=actor, data=data)
    except BaseException:
        for layer in stored:
            layer.plan.storage.delete(str(layer.plan.name))
        raise
    return copy


def _copy_forms(project: Project, copy: Project) -> None:
    for link in project.ticket_type_links.prefetch_related("field_lists"):
        new = ProjectTicketType.objects.create(
            project=copy, ticket_type_id=link.ticket_type_id, required_fields=link.required_fields
        )
        FieldList.objects.bulk_create(
            FieldList(
                link=new,
                value_list_id=drawn.value_list_id,
                field_name=drawn.field_name,
                list_items=drawn.list_items,
                allows_multiple=drawn.allows_multiple,
            )
            for drawn in link.field_lists.all()
        )


def _copy_layers(project: Project, copy: Project, actor: Actor, stored: list[Layer]) -> None:
    """Copy the layers with their plans, and then what is part of what."""
    copies: dict[int, Layer] = {}
    layers = list(project.layers.all())
    for layer in layers:
        copies[layer.pk] = new = Layer(
            project=copy, name=layer.name, description=layer.description, order=layer.order, author=actor.user
        )
        if layer.plan:
            with layer.plan.open("rb") as plan:
                new.plan.save(layer.plan_file_name, ContentFile(plan.read()), save=False)
            stored.append(new)
            new.plan_file_name, new.plan_content_type = layer.plan_file_name, layer.plan_content_type
            new.plan_size = layer.plan_size
        new.save()
    for layer in layers:
        if layer.parent_id in copies:
            copies[layer.pk].parent = copies[layer.parent_id]
            copies[layer.pk].save(update_fields=["parent"])

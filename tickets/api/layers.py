"""Layers (components) of a project, and their plans."""

from __future__ import annotations

import base64
import binascii
from contextlib import AbstractContextManager

from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema

from accounts.models import Project
from tickets.api import form_serializers as serializers
from tickets.api.conditional import right_version
from tickets.api.file_resources import plan_address
from tickets.api.form_schemas import LayersAttributes, LayersDocument, LayerUpdate
from tickets.api.pagination import Changing, paginate, single_response, sort
from tickets.api.paths import ProjectPath, find_project
from tickets.api.responses import Page, Rows, Single
from tickets.api.schemas import Document
from tickets.api.values import Resource
from tickets.models import Layer
from tickets.services import layers as services
from tickets.services.placing import key_in
from tickets.uploads import MAX_SIZE
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError

router = Router()
further = Router()
LAYERS = "/projects/{project_id}/components"
PLANS = LAYERS + "/{component_id}/plans"
COLUMNS = {
    "id": "pk",
    "name": "name",
    "order": "order",
    "created_on": "created_at",
    "created_at": "created_at",
    "updated_on": "updated_at",
}


class LayerPath(ProjectPath):
    id: str


class PlansPath(ProjectPath):
    component_id: str


class PlanPath(PlansPath):
    id: str


class LayerQuery(Changing):
    layout: str = Field("", description="`simple` is taken; the answer is the same.", pattern="^(simple)?$")


class PlanQuery(Schema):
    is_simple: bool = Field(False, description="Taken; the answer is the same.")


def find_layer(request: ApiRequest, path: ProjectPath, code: str) -> Layer:
    layer = find_project(request, path).layers.filter(pk=key_in(code)).first()
    if layer is None:
        raise ProblemError(404, _("There is no such layer in this project."))
    return layer


@router.get(LAYERS, response=Page, summary="List layers")
def layer_list(request: ApiRequest, path: Path[ProjectPath], query: Query[LayerQuery]) -> HttpResponse:
    return _page(request, find_project(request, path), query)


@further.get(f"{LAYERS}/project_components", response=Page, summary="List layers with their plans")
def layer_overview(request: ApiRequest, path: Path[ProjectPath], query: Query[Changing]) -> HttpResponse:
    return _page(request, find_project(request, path), query)


def _page(request: ApiRequest, project: Project, query: Changing) -> HttpResponse:
    layers = project.layers.all()
    if query.since:
        layers = layers.filter(created_at__gt=query.since)
    rows, meta = paginate(sort(layers, query.sort, COLUMNS), query)
    data = [serializers.layer(row, plan_address(request, row)) for row in rows]
    return JsonResponse({"data": data, "meta": meta})


@router.post(LAYERS, response=Rows, summary="Create layers")
def layer_create(request: ApiRequest, path: Path[ProjectPath], body: LayersDocument) -> HttpResponse:
    """Create layers; a file becomes the plan of those beside it. Also in forms, with names in brackets.

    `component-id` names a layer that is there already and gets the plan.
    """
    project, made = find_project(request, path), []
    for item in body.data:
        given = item.attributes
        made += services.create_layers(
            project=project, actor=request.auth.actor, layers=given.wanted(), plan=plan_in(given)
        )
    data = [serializers.layer(row, plan_address(request, row)) for row in made]
    return JsonResponse({"data": data})


def plan_in(given: LayersAttributes) -> services.Plan | None:
    """Return the file of the request: a part of a form, or base64."""
    if given.file is None or given.file == "":
        return None
    if isinstance(given.file, UploadedFile):
        return {"content": given.file, "name": given.file_name or given.file.name or ""}
    if not isinstance(given.file, str):
        raise _refused(_("Send the file itself; files of other servers are not fetched."))
    return {"content": _decoded(given.file), "name": given.file_name}


def _decoded(text: str) -> File:
    encoded = text.partition(";base64,")[2] if text.startswith("data:") else text
    if len(encoded) > MAX_SIZE * 3 // 2:
        raise ProblemError(413, _("The file is larger than 25 MiB."))
    try:
        return ContentFile(base64.b64decode("".join(encoded.split()), validate=True))
    except (binascii.Error, ValueError):
        raise _refused(_("This is neither a data URI nor base64.")) from None


def _refused(message: str) -> ProblemError:
    return ProblemError(422, _("Some attributes are not valid."), errors={"file": [message]})


@router.get(LAYERS + "/{id}", response=Single, summary="Read a layer")
def layer_detail(request: ApiRequest, path: Path[LayerPath]) -> HttpResponse:
    return _single(request, find_layer(request, path, path.id))


@further.get(LAYERS + "/{id}", response=Single, summary="Read a layer")
def layer_read(request: ApiRequest, path: Path[LayerPath]) -> HttpResponse:
    return _single(request, find_layer(request, path, path.id))


@router.put(LAYERS + "/{id}", response=Single, summary="Update a layer")
def layer_update(request: ApiRequest, path: Path[LayerPath], body: Document[LayerUpdate]) -> HttpResponse:
    with _layer(request, path) as layer:
        layer = services.update_layer(layer=layer, values=body.data.attributes.values())
    return _single(request, layer)


def _single(request: ApiRequest, layer: Layer) -> HttpResponse:
    return single_response(serializers.layer(layer, plan_address(request, layer)), version=_version(layer))


def _version(layer: Layer) -> Resource:
    return serializers.layer(layer, None)  # the address of its plan is another each time


def _layer(request: ApiRequest, path: LayerPath) -> AbstractContextManager[Layer]:
    return right_version(request, lambda: find_layer(request, path, path.id), _version)


@router.delete(LAYERS + "/{id}", response={204: None}, summary="Delete a layer")
def layer_delete(request: ApiRequest, path: Path[LayerPath]) -> HttpResponse:
    """Its tickets stay, on no layer; so do the layers that are part of it."""
    with _layer(request, path) as layer:
        layer.delete()
    return HttpResponse(status=204)


@further.get(PLANS, response=Page, summary="List the plans of a layer")
def plan_list(request: ApiRequest, path: Path[PlansPath], query: Query[PlanQuery]) -> HttpResponse:
    layer = find_layer(request, path, path.component_id)
    data = [serializers.plan(layer, plan_address(request, layer))] if layer.plan else []
    return JsonResponse({"data": data, "meta": {"count": len(data), "page": 1, "pagesize": len(data)}})


@further.get(PLANS + "/{id}", response=Single, summary="Read a plan")
def plan_detail(request: ApiRequest, path: Path[PlanPath]) -> HttpResponse:
    layer = find_layer(request, path, path.component_id)
    if not layer.plan or key_in(path.id) != layer.pk:
        raise ProblemError(404, _("There is no such plan."))
    return single_response(serializers.plan(layer, plan_address(request, layer)))

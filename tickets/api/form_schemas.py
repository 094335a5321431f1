"""What requests on forms, lists and layers may hold."""

from __future__ import annotations

from typing import Annotated, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, BeforeValidator, Field, model_validator

from tickets.api.schemas import Attributes, Code, Line, Uuid, wrong
from tickets.models import TicketType
from tickets.services.forms import EntryValues, FieldListValues, TicketTypeValues
from tickets.services.layers import LayerValues

PREFIX = "CustomFields::"
MAX_ROWS = 1000
Name = Annotated[Line, Field(min_length=1, max_length=200)]
Order = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Roles = Annotated[list[Code], Field(max_length=200)]


def _field_type(value: object) -> object:
    """Accept the type with and without the words before it."""
    text = value if isinstance(value, str) and value.startswith(PREFIX) else f"{PREFIX}{value}"
    if text not in TicketType.FieldType.values:
        raise wrong(_("There is no such type of field."))
    return text


class TypedField(Attributes):
    name: Name = ""
    type: Annotated[str, BeforeValidator(_field_type), Field(description="CustomFields::ShortTextType, …")] = ""
    order: Order = 0
    visible_to: Roles = Field(default_factory=list)
    editable_by: Roles = Field(default_factory=list)
    multiple: bool = False
    response_label: int | None = None
    response_color: int | None = None
    enable_attachments: bool = False
    enable_notes: bool = False
    max_attachments: int | None = None
    required_attachments_for: Annotated[list[int], Field(max_length=200)] = Field(default_factory=list)
    required_notes_for: Annotated[list[int], Field(max_length=200)] = Field(default_factory=list)


class StaticField(Attributes):
    order: Order = 0
    visible_to: Roles = Field(default_factory=list)
    editable_by: Roles = Field(default_factory=list)


class Capabilities(Attributes):
    has_media: bool = True
    has_plan_position: bool = True
    store_geolocation_data: bool = False
    has_comments: bool = True
    has_due_date_extension: bool = False
    has_recurring_reminders: bool = False
    has_signature: bool = False
    has_locking: bool = False
    has_sign_as_someone_else: bool = False
    has_form_sequence: bool = False
    has_form_sequence_prefix: Annotated[str, Field(max_length=50)] = ""
    has_form_sequence_number: int = 0


class TicketTypeUpdate(Attributes):
    name: Name = ""
    typed_fields: Annotated[
        dict[str, TypedField | None],
        Field(max_length=200, description="The fields by key. The server names new ones; null removes a field."),
    ] = Field(default_factory=dict)
    static_fields: Annotated[dict[str, StaticField], Field(max_length=100)] = Field(default_factory=dict)
    capabilities: Capabilities = Field(default_factory=Capabilities)

    def values(self) -> TicketTypeValues:
        return cast(TicketTypeValues, {dashed_out(name): value for name, value in self.as_answered().items()})

    def as_answered(self) -> dict[str, object]:
        """Return what is given, with the names inside as the API gives them back."""
        return self.model_dump(exclude_unset=True, by_alias=True)


class TicketTypeCreate(TicketTypeUpdate):
    name: Name


def dashed_out(name: str) -> str:
    return name.replace("-", "_")


class LinkUpdate(Attributes):
    ticket_type_id: Code = ""
    required_fields: Annotated[list[Line], Field(max_length=200)] | None = None


class LinkCreate(LinkUpdate):
    ticket_type_id: Annotated[Code, Field(min_length=1, max_length=100)]


class FieldListAttributes(Attributes):
    list_id: Annotated[Code, Field(max_length=100)] = ""
    field_name: Annotated[Line, Field(max_length=200)] = ""
    list_items: Annotated[list[Code], Field(max_length=MAX_ROWS)] = Field(default_factory=list)
    allow_multiple_selection: bool = False


class IncludedFieldList(BaseModel):
    type: Annotated[str, Field(max_length=100)] = ""
    attributes: FieldListAttributes

    def values(self) -> FieldListValues:
        return cast(FieldListValues, self.attributes.given())


class EntryAttributes(Attributes):
    name: Annotated[Line, Field(max_length=500)] = ""
    uuid: Uuid = None
    parent_id: Annotated[Code, Field(max_length=100, alias="parent_id")] = ""
    order: Order = 0


class IncludedEntry(BaseModel):
    """An entry of a list, with its attributes directly or under `attributes`."""

    type: Annotated[str, Field(max_length=100)] = ""
    attributes: EntryAttributes

    @model_validator(mode="before")
    @classmethod
    def _directly(cls, given: object) -> object:
        return given if not isinstance(given, dict) or "attributes" in given else {"attributes": given}

    def values(self) -> EntryValues:
        return cast(EntryValues, self.attributes.given())


class ListUpdate(Attributes):
    name: Name = ""
    customer_id: Annotated[Code, Field(max_length=100, exclude=True)] = ""


class ListCreate(ListUpdate):
    name: Name


class LayerUpdate(Attributes):
    name: Annotated[Line, Field(min_length=1, max_length=200)] = ""
    description: Annotated[str, Field(max_length=10_000)] = ""
    parent_id: Annotated[Code, Field(max_length=100)] = ""
    order: Order = 0

    def values(self) -> LayerValues:
        return cast(LayerValues, self.given())


class LayerCreate(LayerUpdate):
    """A layer to add, or one that is there, named by `component-id`, to give a plan to."""

    name: Annotated[Line, Field(max_length=200)] = ""
    component_id: Annotated[Code, Field(max_length=100)] = ""
    page: Annotated[int, Field(ge=1, le=10_000, exclude=True)] = 1
    rotation: Annotated[float, Field(ge=-360, le=360, exclude=True)] = 0
    reposition_tickets: Annotated[bool, Field(exclude=True)] = False
    model_id: Annotated[Code, Field(max_length=100, exclude=True)] = ""
    model_title: Annotated[Line, Field(max_length=200, exclude=True)] = ""


class LayersAttributes(Attributes):
    layers: Annotated[list[LayerCreate], Field(max_length=200)] = Field(default_factory=list)
    name: Annotated[Line, Field(max_length=200, description="For one layer, instead of `layers`.")] = ""
    file: Annotated[object, Field(description="A PDF or an image: multipart, or base64.")] = None
    file_name: Annotated[str, Field(max_length=255)] = ""
    file_content_type: Annotated[str, Field(max_length=100)] = ""
    is_base64: bool = False

    def wanted(self) -> list[LayerValues]:
        """Return the layers, or the one that the attributes describe themselves."""
        if self.layers:
            return [layer.values() for layer in self.layers]
        uploaded = self.file.name if isinstance(self.file, UploadedFile) else ""
        return [LayerValues(name=self.name or self.file_name or uploaded or "")]


class LayersItem(BaseModel):
    attributes: LayersAttributes


class LayersDocument(BaseModel):
    """`data` as a list or one object; or the attributes of one layer directly."""

    data: Annotated[list[LayersItem], Field(min_length=1, max_length=100)]

    @model_validator(mode="before")
    @classmethod
    def _as_list(cls, given: object) -> object:
        if isinstance(given, dict) and "data" not in given and ("name" in given or "layers" in given):
            given = {"data": [{"attributes": given}]}
        if isinstance(given, dict) and isinstance(given.get("data"), dict):
            given = given | {"data": [given["data"]]}
        return given


class LinkData(BaseModel):
    attributes: LinkUpdate


class NewLinkData(BaseModel):
    attributes: LinkCreate


class LinkDocument(BaseModel):
    """How a form is assigned, and which lists its fields draw from."""

    data: LinkData
    included: Annotated[list[IncludedFieldList], Field(max_length=200)] = Field(default_factory=list)


class NewLinkDocument(LinkDocument):
    data: NewLinkData  # type: ignore[assignment]  # it holds all that the other does


class ListData(BaseModel):
    attributes: ListUpdate


class NewListData(BaseModel):
    attributes: ListCreate


class ListDocument(BaseModel):
    """A list with its entries: those that are named by UUID change, others are added."""

    data: ListData
    included: Annotated[list[IncludedEntry], Field(max_length=MAX_ROWS)] = Field(default_factory=list)


class NewListDocument(ListDocument):
    data: NewListData  # type: ignore[assignment]  # it holds all that the other does

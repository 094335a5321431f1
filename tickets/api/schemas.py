"""What requests to the API may hold. Dashes and underscores in names are the same; unknown names are ignored."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime
from typing import Annotated, Generic, Literal, TypeVar, cast

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from tickets.api.parser import MAX_INTEGER
from tickets.codes import NUMBERS
from tickets.services import ProjectValues, TicketValues

YEARS = range(1900, 2201)
MAX_TYPED_VALUES = 64 * 1024  # characters of JSON; they travel in every event of the ticket


def wrong(message: str | Promise) -> PydanticCustomError:
    return PydanticCustomError("value", "invalid", {"message": message})


def _no_bool(value: object) -> object:
    """True is 1 to Python, but not to people."""
    if isinstance(value, bool):
        raise wrong(_("This must be a number."))
    return value


def _blank_to_none(value: object) -> object:
    return None if value == "" else value


def _text_of(value: object) -> object:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _code(value: object) -> object:
    return NUMBERS.get(value, value) if isinstance(value, str) else _no_bool(value)


def _user_id(value: object) -> object:
    """Accept 1, "1" and {"id": 1, "type": "User"}."""
    if isinstance(value, dict):
        if value.get("type", "User") != "User":
            raise wrong(_("Only users can be assigned here, no groups."))
        value = value.get("id")
    return _blank_to_none(_no_bool(value))


def _moment(value: object) -> datetime | None:
    """Read ISO 8601; what names no time zone is in UTC, and a day is its first moment."""
    if value is None or value == "":
        return None
    found = None
    if isinstance(value, str):
        try:
            found = parse_datetime(value) or parse_datetime(f"{value}T00:00:00")
        except ValueError:
            found = None
    if found is None or found.year not in YEARS:
        raise wrong(_("This must be a date and time such as 2026-11-23T20:49:10Z."))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _day(value: object) -> date | None:
    try:
        found = _moment(value)
    except PydanticCustomError:
        raise wrong(_("This must be a date such as 2026-11-23.")) from None
    return date.fromisoformat(str(value)[:10]) if found else None


def _small(value: dict[str, object]) -> dict[str, object]:
    if len(json.dumps(value, ensure_ascii=False)) > MAX_TYPED_VALUES:
        raise wrong(_("These values are too large."))
    return value


Key = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
Id = Annotated[Key, BeforeValidator(_no_bool)]
Subscriber = Annotated[Key, BeforeValidator(_user_id)]
UserId = Annotated[Key | None, BeforeValidator(_user_id)]
Number = Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, BeforeValidator(_no_bool)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Day = Annotated[date | None, BeforeValidator(_day)]
Uuid = Annotated[uuid.UUID | None, BeforeValidator(_blank_to_none)]
TypedValues = Annotated[dict[str, object], AfterValidator(_small)]
Line = Annotated[str, StringConstraints(strip_whitespace=True)]
Code = Annotated[str, BeforeValidator(_text_of), StringConstraints(strip_whitespace=True)]


def dashed(name: str) -> str:
    return name.replace("_", "-")


class Attributes(BaseModel):
    model_config = ConfigDict(alias_generator=dashed, populate_by_name=True)

    def given(self) -> dict[str, object]:
        """Return what the request holds, and nothing that it leaves out."""
        return self.model_dump(exclude_unset=True)


A = TypeVar("A", bound=Attributes)


class Data(BaseModel, Generic[A]):
    attributes: A


class Document(BaseModel, Generic[A]):
    data: Data[A]


Unused = Annotated[object, Field(exclude=True, description="Taken, and not kept.")]


class ProjectAttributes(Attributes):
    name: Annotated[Line, Field(min_length=1, max_length=200)] = ""
    projectnumber: Code = ""
    description: str = ""
    street: Line = ""
    zipcode: Code = ""
    city: Line = ""
    country: Line = ""
    homepage: Line = ""
    start_date: Moment = Field(None, alias="drstart-date")
    end_date: Moment = Field(None, alias="drend-date")
    typed_values: TypedValues = Field(default_factory=dict)

    def values(self) -> ProjectValues:
        return cast(ProjectValues, self.given())


class ProjectUpdate(ProjectAttributes):
    running_number: Unused = None
    parent_id_hashed: Unused = None
    typed_fields: Unused = None
    fields: Unused = None
    schedule_start_date: Unused = None


class ProjectCreate(ProjectAttributes):
    name: Annotated[Line, Field(min_length=1, max_length=200)]
    identifier: Unused = None
    bruttosize: Unused = None
    nettosize: Unused = None
    budget: Unused = None
    is_active: Unused = None
    is_customer: Unused = None
    is_public: Unused = None
    parent_id: Unused = None
    status: Unused = None
    fields: Unused = None


class ProjectStatus(Attributes):
    status: Literal[1, 9] = Field(description="9 archives the project, 1 takes it back.")


class TicketAttributes(Attributes):
    subject: Annotated[Line | None, Field(description="Left empty, the ticket gets a default title.")] = None
    status_id: Annotated[int, BeforeValidator(_code), Field(ge=1, le=6)] = 1
    priority_id: Annotated[int, BeforeValidator(_code), Field(ge=1, le=3)] = 2
    progress: Annotated[int, BeforeValidator(_no_bool), Field(ge=0, le=100)] = 0
    due_date: Day = None
    extension_date: Day = None
    closed_at: Moment = None
    assigned_to_id: UserId = None
    assignee_type: Literal["User", "", None] = Field(None, exclude=True)
    parent_id: Uuid = None
    ticket_type_id: Annotated[Code, Field(max_length=100, description="The id of a form of the project.")] = ""
    component_id: Annotated[Code, Field(max_length=100, description="The id of a layer of the project.")] = ""
    typed_values: TypedValues = Field(default_factory=dict)
    subscribers: Annotated[list[Subscriber], Field(max_length=500)] = Field(default_factory=list)
    plan_x: Number = None
    plan_y: Number = None
    lat: Annotated[Annotated[float, Field(ge=-90, le=90)] | None, BeforeValidator(_no_bool)] = None
    lon: Annotated[Annotated[float, Field(ge=-180, le=180)] | None, BeforeValidator(_no_bool)] = None

    def values(self) -> TicketValues:
        return cast(TicketValues, self.given())


class TicketCreate(TicketAttributes):
    uuid: Uuid = None


class TicketUpdate(TicketAttributes):
    uuid: Unused = None
    notes: Annotated[Line, Field(max_length=10_000, exclude=True, description="Written as a comment.")] = ""


class CommentCreate(Attributes):
    comment: Annotated[str, Field(min_length=1, max_length=10_000)]
    created_on: Moment = None


class AttachmentCreate(Attributes):
    attachment: Annotated[
        Annotated[str, Field(min_length=1)] | None, Field(description="A data URI, or the file in base64.")
    ] = None
    attachment_name: str = Field("", description="Required with a data URI.")
    caption: str = ""
    uuid: Uuid = None


class AttachmentIds(Attributes):
    attachment_ids: Annotated[
        list[str], Field(min_length=1, max_length=500, description="Ids of attachments of this ticket.")
    ]

    @model_validator(mode="before")
    @classmethod
    def _under_the_short_name(cls, given: object) -> object:
        if not isinstance(given, dict) or "ids" not in given:
            return given
        return {"attachment-ids": given["ids"], **given}

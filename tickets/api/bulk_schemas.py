"""What requests on many tickets may hold."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tickets.api.schemas import TicketAttributes, TicketCreate, TypedValues, Uuid, wrong

MAX_CREATED, MAX_UPDATED = 100, 500
Filters = Annotated[
    dict[str, object],
    Field(
        min_length=1,
        max_length=20,
        description='Attributes, as in {"uuid": ["…"]} or {"status-id": [{"predicate": "in", "value": ["lm"]}]}.',
    ),
]


class Filtered(BaseModel):
    """Which tickets are meant. A missing filter would mean all of them, so it is refused."""

    filter: Filters
    apply_filter: Annotated[str | None, Field(description="Published, and not supported here: refused.")] = None
    apply_filer: Annotated[str | None, Field(description="The same, as the published description spells it.")] = None

    @model_validator(mode="after")
    def _no_saved_filters(self) -> Filtered:
        if self.apply_filter or self.apply_filer:
            raise wrong(_("This parameter is not supported here. Leave it out."))
        return self


class BatchData(BaseModel):
    """Attributes for all tickets. Under the id of a form: typed values for those tickets that have the form."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, TypedValues] = Field(init=False)
    attributes: TicketAttributes

    def for_ticket(self, form_id: int | None) -> dict[str, object]:
        """Return the attributes in JSON, with the typed values for this form."""
        given = self.attributes.model_dump(mode="json", exclude_unset=True, by_alias=True)
        typed = (self.__pydantic_extra__ or {}).get(str(form_id))
        if typed:
            given["typed-values"] = {**(given.get("typed-values") or {}), **typed}
        return given


class BatchUpdate(Filtered):
    data: BatchData


class TicketWithUuid(TicketAttributes):
    uuid: Annotated[Uuid, Field()]


class MultiItem(BaseModel):
    attributes: TicketWithUuid


class MultiUpdate(BaseModel):
    data: Annotated[list[MultiItem], Field(min_length=1, max_length=MAX_UPDATED)]

    @model_validator(mode="after")
    def _each_has_a_uuid(self) -> MultiUpdate:
        if any(item.attributes.uuid is None for item in self.data):
            raise wrong(_("Each ticket needs its UUID."))
        return self


class BulkCreate(BaseModel):
    tickets: Annotated[list[TicketCreate], Field(min_length=1, max_length=MAX_CREATED)]

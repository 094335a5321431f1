"""The shapes of the API's answers, for its description. `tickets.api.serializers` makes what they describe."""

from __future__ import annotations

from ninja import Schema


class ResourceObject(Schema):
    id: str
    type: str
    attributes: dict[str, object]


class Identifier(Schema):
    id: str
    type: str


class Relationship(Schema):
    data: Identifier | list[Identifier] | None


class LinkedObject(ResourceObject):
    relationships: dict[str, Relationship]


class PageMeta(Schema):
    count: int
    page: int
    pagesize: int


class Page(Schema):
    """A page of a list; `meta` counts all that matches, over all pages."""

    data: list[ResourceObject]
    meta: PageMeta


class Single(Schema):
    data: ResourceObject


class AttachmentPage(Schema):
    data: list[LinkedObject]
    included: list[ResourceObject]
    meta: PageMeta


class AttachmentSingle(Schema):
    data: LinkedObject
    included: list[ResourceObject]


class Rows(Schema):
    data: list[ResourceObject]


class FormPage(Page):
    included: list[ResourceObject]


class IncludedSingle(Single):
    included: list[ResourceObject]


class JobStatus(Schema):
    job_id: str
    status: str
    total: int
    succeeded: int
    failed: int
    errors: list[dict[str, object]]


class JobAnswer(JobStatus):
    count: int
    method: str


class JobStarted(Schema):
    job_id: str

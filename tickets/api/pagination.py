"""Lists of the API: paging, order, search, and what is new since a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, TypedDict, TypeVar

from django.db.models import F, Model, OrderBy, QuerySet
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lib.collation import by_name
from tickets.api.conditional import tagged
from tickets.api.parser import is_storable_text
from tickets.api.values import Resource
from tokens.api.problems import ProblemError

M = TypeVar("M", bound=Model)
Columns = Mapping[str, str]
NAMES = {"name", "subject", "city", "street"}  # sorted as people sort them
FAR = 1000  # rows before a page
LAST_SECOND = 4_102_444_800  # the year 2100, in unix seconds


def _refused(value: str | None) -> str | None:
    """Refuse a published parameter that would change the answer and that nothing here stands behind."""
    if value and value.lower() not in {"false", "0", "no"}:
        raise ProblemError(422, _("This parameter is not supported here. Leave it out."))
    return value


def _storable(text: str) -> str:
    if not is_storable_text(text):
        raise PydanticCustomError("text", "unreadable")
    return text


NOT_SUPPORTED = "Published, and not supported here: refused with 422."
NotSupported = Annotated[str | None, AfterValidator(_refused), Field(description=NOT_SUPPORTED)]
Text = Annotated[str, AfterValidator(_storable), Field(max_length=500)]


PAGE_SIZE, MAX_PAGE_SIZE = 100, 500


class PageSize(Schema):
    """The size of a page under the three names that clients use; what is too large is cut, and `meta` says so."""

    pagesize: int = Field(PAGE_SIZE, ge=1, description="At most 500; more is cut to it.")
    page_size: int | None = Field(None, ge=1, description="The same as pagesize.")
    per_page: int | None = Field(None, ge=1, description="The same as pagesize.")

    @property
    def size(self) -> int:
        return min(self.page_size or self.per_page or self.pagesize, MAX_PAGE_SIZE)


class Paging(PageSize):
    page: int = Field(1, ge=1, le=1_000_000_000)
    sort: Text = Field("", description="The attribute to sort by; with a minus before it, descending.")


class Changing(Paging):
    last_sync_date: float | None = Field(
        None, ge=0, le=LAST_SECOND, description="Unix timestamp: only what was created after it."
    )

    @property
    def since(self) -> datetime | None:
        return None if self.last_sync_date is None else datetime.fromtimestamp(self.last_sync_date, UTC)


class Meta(TypedDict):
    count: int
    page: int
    pagesize: int


def sort(rows: QuerySet[M], sort: str, columns: Columns) -> QuerySet[M]:
    """Order by an attribute of the API, empty values last, then by key so that no row is on two pages."""
    if not sort:
        return rows
    name = sort.removeprefix("-").replace("-", "_")
    if name not in columns:
        raise ProblemError(400, _("It cannot be sorted by “%(name)s”.") % {"name": name})
    descending = sort.startswith("-")
    column = columns[name]
    tie = "-pk" if descending else "pk"
    if column == "pk":
        return rows.order_by(tie)
    if column in NAMES:
        return rows.order_by(by_name(column, descending=descending), tie)
    # An index serves an order only where both say the same of empty values, so those say nothing that cannot be empty.
    nulls_last = True if may_be_empty(rows, column) else None
    return rows.order_by(OrderBy(F(column), descending=descending, nulls_last=nulls_last), tie)


def may_be_empty(rows: QuerySet[M], column: str) -> bool:
    field = None if "__" in column else rows.model._meta.get_field(column)
    return field is None or bool(getattr(field, "null", True))


def paginate(rows: QuerySet[M], paging: Paging, count: int | None = None) -> tuple[list[M], Meta]:
    """Return one page of the rows, and how many there are, which need not be counted where `count` tells.

    The keys of a late page are found first: an index alone tells them, and no row before the page is read.
    """
    size, start = paging.size, (paging.page - 1) * paging.size
    total = rows.count() if count is None else count
    if start < FAR:
        found = list(rows[start : start + size])
    else:
        keys = list(rows.values_list("pk", flat=True)[start : start + size])
        by_key = {row.pk: row for row in rows.filter(pk__in=keys).order_by()}
        found = [by_key[key] for key in keys if key in by_key]
    return found, {"count": total, "page": paging.page, "pagesize": size}


def paged_response(rows: QuerySet[M], paging: Paging, describe: Callable[[M], Resource]) -> HttpResponse:
    found, meta = paginate(rows, paging)
    return JsonResponse({"data": [describe(row) for row in found], "meta": meta})


def full_response(rows: QuerySet[M], describe: Callable[[M], Resource]) -> HttpResponse:
    data = [describe(row) for row in rows]
    return JsonResponse({"data": data, "meta": {"count": len(data), "page": 1, "pagesize": len(data)}})


def single_response(
    resource: Resource, status: int = 200, *, version: Mapping[str, object] | None = None
) -> HttpResponse:
    """Answer with one resource. It is described already, so the router need not check it again.

    `version` is what its `ETag` is made of, where the resource itself differs from one answer to the next.
    """
    return tagged(JsonResponse({"data": resource}, status=status), version or resource)

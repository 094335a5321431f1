"""How single values stand in the API's answers and in events."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TypedDict

Attributes = dict[str, object]
Reference = dict[str, str]
Relationship = dict[str, Reference | list[Reference] | None]


class Resource(TypedDict):
    id: str
    type: str
    attributes: Attributes


class LinkedResource(Resource):
    relationships: dict[str, Relationship]


def moment(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def number(value: int | None) -> str | None:
    return None if value is None else str(value)


def reference(kind: str, key: object) -> Relationship:
    """Refer to one resource, or to none."""
    return {"data": None if key is None else {"type": kind, "id": str(key)}}


def references(kind: str, keys: list[str]) -> Relationship:
    return {"data": [{"type": kind, "id": key} for key in keys]}

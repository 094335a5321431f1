"""JSON Schema of what webhooks send, by event, and the same for the OpenAPI document's `webhooks`."""

from __future__ import annotations

from typing import Any

from planradar.api_examples import event_examples
from webhooks.events import CATALOGUE

Json = dict[str, Any]
CHANGES: Json = {
    "type": "object",
    "description": "Attributes that changed, each with its old and new value.",
    "additionalProperties": {"type": "object", "required": ["from", "to"]},
}
OPEN_OBJECTS = {"typed-values", "attributes-by-name"}  # their names are the account's own
NEVER_NULL = {"id", "type", "event", "event_name", "created-at", "sequence", "via", "uuid"}
HEADERS = {
    "webhook-id": "The event's id, the same on every attempt.",
    "webhook-timestamp": "Unix seconds of this attempt.",
    "webhook-signature": "v1,<base64> of HMAC-SHA256 over {id}.{timestamp}.{body}; two while a secret is rotated.",
}


def schema_of(event: str) -> Json:
    """Return the schema of an event's body."""
    example = event_examples()[event]
    schema = _schema(example)
    schema["properties"] |= {
        "event": {"const": event},
        "event_name": {"const": event, "description": "The same as event."},
        "project": {"type": ["object", "null"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}},
        "actor": {
            "type": "object",
            "required": ["id", "name", "via"],
            "properties": {
                "id": {"type": "string"},
                "name": {"type": "string"},
                "via": {"enum": ["page", "token", "admin"]},
                "token": {"type": "string", "description": "The name of the token, where one was used."},
            },
        },
    }
    if "changes" in example:
        schema["properties"]["changes"] = CHANGES
    return schema


def _schema(value: object, name: str = "") -> Json:
    if isinstance(value, dict):
        return _object(value, name)
    if isinstance(value, list):
        return {"type": "array"}
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    kind = kinds.get(type(value))
    if kind is None:
        return {}
    return {"type": kind} if name in NEVER_NULL else {"type": [kind, "null"]}


def _object(value: Json, name: str) -> Json:
    if name in OPEN_OBJECTS or "from" in value:
        return {"type": "object"}
    inner = {key: _schema(one, key) for key, one in value.items()}
    if name == "relationships":
        link = {"type": "object", "required": ["data"], "properties": {"data": {"type": ["object", "array", "null"]}}}
        inner = dict.fromkeys(value, link)
    # What is an object in the example may be null in another event, such as who created it.
    kind: str | list[str] = "object" if name in ("", "data", "attributes", "account") else ["object", "null"]
    required = [] if name == "relationships" else [key for key in value if key in NEVER_NULL or not name]
    return {"type": kind, "properties": inner, **({"required": required} if required else {})}


def webhooks() -> Json:
    """Return the events as the OpenAPI document describes what is sent, not taken."""
    return {name: {"post": _operation(name)} for name in CATALOGUE}


def _operation(name: str) -> Json:
    kind = CATALOGUE[name]
    content = {"application/json": {"schema": schema_of(name), "example": event_examples()[name]}}
    return {
        "operationId": f"event_{name.replace('.', '_')}",
        "summary": name,
        "description": str(kind.description),
        "tags": ["events"],
        "parameters": [
            {"name": header, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for header, text in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": content},
        "responses": {
            "2XX": {"description": "Taken. Anything else is sent again later, over some three days."},
            "410": {"description": "Wanted no more: the webhook is disabled."},
        },
    }

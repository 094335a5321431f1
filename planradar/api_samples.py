"""Samples for the reference: an answer of each operation, and the request in three languages."""

from __future__ import annotations

import json
from dataclasses import dataclass

from planradar.api_examples import resources
from planradar.openapi import Json

VALUES = {"string": "…", "integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}
MOST = 4  # levels of an answer that is made from its schema


@dataclass(frozen=True, slots=True)
class Sample:
    label: str
    code: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    body: str  # JSON, laid out; empty where there is none


def body_of(document: Json, operation: Json) -> Json:
    content = operation.get("requestBody", {}).get("content", {})
    return resolved(document, content.get("application/json", {}).get("schema", {}))


def resolved(document: Json, schema: Json) -> Json:
    if "$ref" in schema:
        return resolved(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    if len(schema.get("allOf", [])) == 1:
        return resolved(document, schema["allOf"][0])
    return schema


def inner(document: Json, body: Json) -> Json:
    """Return what stands in `data.attributes`, or the body itself where it has no such frame."""
    schema = body
    for name in ("data", "attributes"):
        if name not in schema.get("properties", {}):
            return body
        schema = resolved(document, schema["properties"][name])
    return schema


def answer_of(document: Json, operation: Json) -> Answer:
    """Return the good answer: with a real resource where there is an example of one, else by its schema."""
    status = next(code for code in operation["responses"] if code.startswith("2"))
    content = operation["responses"][status].get("content", {}).get("application/json", {})
    if not content:
        return Answer(status, "")
    schema = resolved(document, content["schema"])
    body = _value(document, schema, 0)
    example = resources().get(operation["operationId"].split("_")[0])
    if example and isinstance(body, dict) and "data" in body:
        is_list = schema["properties"]["data"].get("type") == "array"
        body = body | {"data": [example] if is_list else example}
    return Answer(status, json.dumps(body, indent=2, ensure_ascii=False))


def _value(document: Json, schema: Json, depth: int) -> object:
    schema = resolved(document, schema)
    if "anyOf" in schema:
        return _value(document, schema["anyOf"][0], depth)
    if schema.get("default") not in (None, ""):
        return schema["default"]
    if schema.get("type") == "object" and "properties" in schema and depth < MOST:
        return {name: _value(document, one, depth + 1) for name, one in schema["properties"].items()}
    if schema.get("type") == "array" and "items" in schema and depth < MOST:
        return [_value(document, schema["items"], depth + 1)]
    return VALUES.get(str(schema.get("type", "string")), "…")


def samples_of(document: Json, method: str, url: str, body: Json, *, needs_key: bool) -> list[Sample]:
    given = _request(document, body) if body else None
    return [
        Sample("curl", _curl(method, url, given, needs_key=needs_key)),
        Sample("Python", _python(method, url, given, needs_key=needs_key)),
        Sample("JavaScript", _javascript(method, url, given, needs_key=needs_key)),
    ]


def _request(document: Json, body: Json) -> object:
    """Return a body with what is required, or else with the first attribute."""
    schema = inner(document, body)
    names = schema.get("required") or list(schema.get("properties", {}))[:1]
    values = {name: _value(document, schema["properties"][name], 0) for name in names}
    return values if schema is body else {"data": {"attributes": values}}


def _curl(method: str, url: str, given: object, *, needs_key: bool) -> str:
    lines = ["curl" if method == "get" else f"curl -X {method.upper()}"]
    if needs_key:
        lines.append('-H "X-PlanRadar-API-Key: $TOKEN"')
    if given is not None:
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(given, ensure_ascii=False)}'"]
    return " \\\n  ".join([*lines, f'"{url}"'])


def _python(method: str, url: str, given: object, *, needs_key: bool) -> str:
    lines = ["import os", "", "import requests", "", f"answer = requests.{method}(", f'    "{url}",']
    if needs_key:
        lines.append('    headers={"X-PlanRadar-API-Key": os.environ["TOKEN"]},')
    if given is not None:
        lines.append(f"    json={given!r},")
    return "\n".join([*lines, "    timeout=30,", ")", "answer.raise_for_status()", "print(answer.text)"])


def _javascript(method: str, url: str, given: object, *, needs_key: bool) -> str:
    headers = {"Content-Type": "application/json"} if given is not None else {}
    names = [f'"{name}": "{value}"' for name, value in headers.items()]
    if needs_key:
        names.insert(0, '"X-PlanRadar-API-Key": process.env.TOKEN')
    lines = [f'const answer = await fetch("{url}", {{', f'  method: "{method.upper()}",']
    lines.append(f"  headers: {{ {', '.join(names)} }}," if names else "")
    if given is not None:
        lines.append(f"  body: JSON.stringify({json.dumps(given, ensure_ascii=False)}),")
    return "\n".join([*filter(None, lines), "});", "console.log(answer.status, await answer.text());"])

"""The reference of the API, for its page: made from the OpenAPI document, so that it says what the code does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from planradar.openapi import ERRORS, Json

SAMPLES = {"string": "…", "integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter, or an attribute of a body."""

    name: str
    kind: str
    is_required: bool
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    anchor: str
    method: str
    path: str
    title: str
    text: str
    needs_key: bool
    parameters: list[Value]
    attributes: list[Value]
    answers: list[Answer]
    sample: str


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return self.name.replace(" ", "-")


def groups(document: Json, *, base: str, customer: str) -> list[Group]:
    """Return the operations by what they deal with; samples begin with `base`, the reader's own address."""
    found: dict[str, Group] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = " ".join(operation["tags"])
            group = found.setdefault(name, Group(name))
            group.operations.append(_operation(document, path, method, operation, base, customer))
    return sorted(found.values(), key=lambda group: group.name.split(" ")[::-1])


def _operation(document: Json, path: str, method: str, operation: Json, base: str, customer: str) -> Operation:
    body = _body(document, operation)
    needs_key = bool(operation.get("security"))
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        title=operation["summary"],
        text=operation.get("description", ""),
        needs_key=needs_key,
        parameters=[_parameter(parameter) for parameter in operation.get("parameters", [])],
        attributes=list(_attributes(document, body)),
        answers=[_answer(status, response) for status, response in operation["responses"].items()],
        sample=_sample(document, method, base + path.replace("{customer_id}", customer), body, needs_key),
    )


def _body(document: Json, operation: Json) -> Json:
    content = operation.get("requestBody", {}).get("content", {})
    return _resolved(document, content.get("application/json", {}).get("schema", {}))


def _resolved(document: Json, schema: Json) -> Json:
    if "$ref" in schema:
        return _resolved(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    if len(schema.get("allOf", [])) == 1:
        return _resolved(document, schema["allOf"][0])
    return schema


def _inner(document: Json, body: Json) -> Json:
    """Return what stands in `data.attributes`, or the body itself where it has no such frame."""
    schema = body
    for name in ("data", "attributes"):
        if name not in schema.get("properties", {}):
            return body
        schema = _resolved(document, schema["properties"][name])
    return schema


def _attributes(document: Json, body: Json) -> Iterator[Value]:
    schema = _inner(document, body)
    for name, value in schema.get("properties", {}).items():
        yield Value(name, _kind(document, value), name in schema.get("required", []), _bounds(value))


def _parameter(parameter: Json) -> Value:
    schema = parameter["schema"]
    text = " ".join(filter(None, [parameter.get("description", ""), _bounds(schema, with_text=False)]))
    return Value(parameter["name"], _kind({}, schema), parameter["required"], text, parameter["in"])


def _kind(document: Json, schema: Json) -> str:
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if options:
        return " | ".join(_kind(document, option) for option in options)
    if "$ref" in schema and document:
        return _kind(document, _resolved(document, schema))
    kind = schema.get("format") or schema.get("type") or ("enum" if "enum" in schema else "any")
    return (
        f"{kind} [{_kind(document, schema['items'])}]" if schema.get("type") == "array" and "items" in schema else kind
    )


def _bounds(schema: Json, *, with_text: bool = True) -> str:
    """Say what a value is held to, in the words of the document."""
    texts = [schema.get("description", "")] if with_text else []
    for option in [schema, *schema.get("anyOf", [])]:
        least, most = option.get("minimum", option.get("ge")), option.get("maximum", option.get("le"))
        texts += [f"≥ {least}" if least is not None else "", f"≤ {most}" if most is not None else ""]
        texts += [f"max. {option[name]}" for name in ("maxLength", "maxItems") if name in option]
        texts += [" | ".join(json.dumps(value) for value in option.get("enum", []))]
    if schema.get("default") not in (None, "", {}, []):
        texts.append(f"= {json.dumps(schema['default'])}")
    return ", ".join(filter(None, texts))


def _answer(status: str, response: Json) -> Answer:
    return Answer(status, ERRORS.get(int(status)) or str(response.get("description", "")))


def _sample(document: Json, method: str, url: str, body: Json, needs_key: bool) -> str:
    lines = [f"curl -X {method.upper()}"] if method != "get" else ["curl"]
    if needs_key:
        lines.append('-H "X-PlanRadar-API-Key: $TOKEN"')
    if body:
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(_example(document, body))}'"]
    lines.append(f'"{url}"')
    return " \\\n  ".join(lines)


def _example(document: Json, body: Json) -> Json:
    """Return a body with what is required, or else with the first attribute."""
    schema = _inner(document, body)
    names = schema.get("required") or list(schema.get("properties", {}))[:1]
    values = {name: _example_value(document, schema["properties"][name]) for name in names}
    return values if schema is body else {"data": {"attributes": values}}


def _example_value(document: Json, schema: Json) -> object:
    schema = _resolved(document, schema)
    if "anyOf" in schema:
        return _example_value(document, schema["anyOf"][0])
    if schema.get("default") not in (None, ""):
        return schema["default"]
    return SAMPLES.get(schema.get("type", "string"), "…")

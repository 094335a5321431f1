"""The reference of the API, for its pages: made from the OpenAPI document, so that it says what the code does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from planradar.api_samples import Answer, Sample, answer_of, body_of, inner, resolved, samples_of
from planradar.help import MARKDOWN
from planradar.openapi import ERRORS, Json, conflict

COMMON = {400, 401, 403, 404, 406, 429, 503}  # that any operation may answer; explained once


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter, or an attribute of a body."""

    name: str
    kind: str
    is_required: bool
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    anchor: str
    method: str
    path: str
    title: str
    text: str
    needs_key: bool
    is_free: bool
    parameters: list[Value]
    attributes: list[Value]
    answer: Answer
    faults: list[Fault]
    samples: list[Sample]

    @property
    def html(self) -> str:
        """Safe: the text is ours, and HTML in it is shown as text."""
        return str(MARKDOWN.render(self.text))

    @property
    def version(self) -> str:
        """Say `v1` or `v2`, which share titles."""
        return self.path.split("/")[2] if self.path.startswith(("/api/v1/", "/api/v2/")) else ""

    def matches(self, words: list[str]) -> bool:
        names = [value.name for value in [*self.parameters, *self.attributes]]
        text = " ".join([self.method, self.path, self.title, self.text, *names]).lower()
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.name.replace("-", " ").replace("_", " ").capitalize()


def groups(document: Json, *, base: str, customer: str) -> dict[str, Group]:
    """Return the operations by what they deal with; samples begin with `base`, the reader's own address."""
    found: dict[str, Group] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = operation["tags"][0]
            at = base + path.replace("{customer_id}", customer)
            found.setdefault(name, Group(name)).operations.append(_operation(document, path, method, operation, at))
    return dict(sorted(found.items()))


def _operation(document: Json, path: str, method: str, operation: Json, url: str) -> Operation:
    body = body_of(document, operation)
    needs_key = bool(operation.get("security"))
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        title=operation["summary"],
        text=operation.get("description", ""),
        needs_key=needs_key,
        is_free=operation["operationId"].startswith("rate_limit"),
        parameters=[_parameter(parameter) for parameter in operation.get("parameters", [])],
        attributes=list(_attributes(document, body)),
        answer=answer_of(document, operation),
        faults=list(_faults(path, method, operation)),
        samples=samples_of(document, method, url, body, needs_key=needs_key),
    )


def _faults(path: str, method: str, operation: Json) -> Iterator[Fault]:
    for code in map(str, operation["responses"]):
        if _is_special(code):
            own = conflict(method, path) if code == "409" else ""
            yield Fault(int(code), own or ERRORS[int(code)])


def _is_special(code: str) -> bool:
    return code.isdecimal() and int(code) in ERRORS and int(code) not in COMMON


def _attributes(document: Json, body: Json) -> Iterator[Value]:
    schema = inner(document, body)
    for name, value in schema.get("properties", {}).items():
        yield Value(name, _kind(document, value), name in schema.get("required", []), _bounds(value))


def _parameter(parameter: Json) -> Value:
    schema = parameter["schema"]
    text = " ".join(filter(None, [parameter.get("description", ""), _bounds(schema, with_text=False)]))
    return Value(parameter["name"], _kind({}, schema), parameter.get("required", False), text, parameter["in"])


def _kind(document: Json, schema: Json) -> str:
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if options:
        return " | ".join(dict.fromkeys(_kind(document, option) for option in options))
    if "$ref" in schema and document:
        return _kind(document, resolved(document, schema))
    kind = schema.get("format") or schema.get("type") or ("enum" if "enum" in schema else "any")
    return (
        f"{kind} [{_kind(document, schema['items'])}]" if schema.get("type") == "array" and "items" in schema else kind
    )


def _bounds(schema: Json, *, with_text: bool = True) -> str:
    """Say what a value is held to, in the words of the document."""
    texts = [schema.get("description", "").rstrip(".")] if with_text else []
    for option in [schema, *schema.get("anyOf", [])]:
        least, most = option.get("minimum", option.get("ge")), option.get("maximum", option.get("le"))
        texts += [f"≥ {least}" if least is not None else "", f"≤ {most}" if most is not None else ""]
        texts += [f"max. {option[name]}" for name in ("maxLength", "maxItems") if name in option]
        texts += [" | ".join(json.dumps(value) for value in option.get("enum", []))]
    if schema.get("default") not in (None, "", {}, []):
        texts.append(f"= {json.dumps(schema['default'])}")
    return ", ".join(filter(None, texts))

"""What the router's own description of the API leaves out: the errors of every operation, and the limit's headers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from planradar.event_schemas import webhooks

Json = dict[str, Any]

ABOUT = (
    "Projects, tickets, attachments, users, events and webhooks of one account, in JSON:API shape. "
    "Send a personal access token in `X-PlanRadar-API-Key`; `{customer_id}` is the account's number. "
    "An account has a limit of requests a minute, which every answer states. "
    "Errors are `application/problem+json`. A POST with an `Idempotency-Key` does its work once; "
    "single resources have an `ETag`, which `If-Match` and `If-None-Match` take."
)

PROBLEM: Json = {
    "type": "object",
    "description": "An error, as RFC 9457 says.",
    "required": ["type", "title", "status", "detail", "message", "errors"],
    "properties": {
        "type": {"type": "string", "description": "about:blank, or the address of one of the problems described here."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in the language of the request."},
        "message": {"type": "string", "description": "The same as detail."},
        "errors": {
            "type": "array",
            "description": "Each fault with its place; one without a place where the whole request is refused.",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "A JSON pointer into the body."},
                    "parameter": {"type": "string", "description": "The name of a parameter of the address."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
ERRORS = {
    400: "The request cannot be read, or a parameter in the address is not valid.",
    401: "There is no key, or it opens nothing; a key that expired says when.",
    403: "The token may only read, or may not be used from this network.",
    404: "There is nothing at this address, or it belongs to another account.",
    406: "The Accept header excludes JSON.",
    409: "Something with this UUID exists already.",
    411: "The length of the body is not said.",
    412: "If-Match names another version; read again, then change that.",
    413: "The body is larger than this address takes.",
    415: "The body is not sent as JSON.",
    422: "An attribute is not valid; errors says which and why.",
    429: "The limit is used up. Retry-After says for how many seconds.",
    503: "The service is not available just now.",
}
# What 409 means where it is not about a UUID, by method and the end of the path.
CONFLICTS = {
    ("delete", "/ticket_types/{ticket_type_id}"): "Tickets have this form. It cannot be deleted.",
    ("post", "/webhooks/{webhook_id}/test"): "The webhook is switched off. Switch it on first.",
}
WITH_KEY = [401, 403, 404, 406, 429, 503]
WITHOUT_KEY = [406, 429, 503]
WITH_BODY = [413, 415, 422]
LIMIT_HEADERS = {
    "RateLimit-Policy": 'The limit and its window in seconds, as in "account";q=30;w=60.',
    "RateLimit": 'What remains, and the seconds until one more is free, as in "account";r=12;t=41.',
    "X-RateLimit-Limit": "Requests in 60 seconds, for the account, over all tokens.",
    "X-RateLimit-Remaining": "Requests that are free now.",
    "X-RateLimit-Reset": "Seconds until one more is free.",
}


def complete(document: Json) -> Json:
    document["info"]["description"] = ABOUT
    document["webhooks"] = webhooks()
    _drop_defaults_that_are_not_valid(document["components"])
    components = document["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = {f"Error{status}": _response(status, text) for status, text in ERRORS.items()}
    components["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in LIMIT_HEADERS.items()
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(operation, method)
            if "get" in methods and path.endswith("}") and method in {"put", "patch", "delete"}:  # one with an `ETag`
                operation["responses"]["412"] = {"$ref": "#/components/responses/Error412"}
            if text := conflict(method, path):
                operation["responses"]["409"] = _response(409, text)
    return document


def conflict(method: str, path: str) -> str:
    """Return what 409 means for this operation, or nothing where it has no meaning of its own."""
    texts = (text for (verb, end), text in CONFLICTS.items() if verb == method and path.endswith(end))
    return next(texts, "")


def _drop_defaults_that_are_not_valid(node: object) -> None:
    """An update leaves out what it does not change; the empty default behind that is no value to send."""
    if isinstance(node, dict):
        if node.get("default") == "" and node.get("minLength"):
            del node["default"]
        for inner in node.values():
            _drop_defaults_that_are_not_valid(inner)
    elif isinstance(node, list):
        for inner in node:
            _drop_defaults_that_are_not_valid(inner)


def _complete(operation: Json, method: str) -> None:
    needs_key = bool(operation.get("security"))
    has_body = "requestBody" in operation
    statuses = [400, *(WITH_KEY if needs_key else WITHOUT_KEY), *(WITH_BODY if has_body else [])]
    if has_body and method == "post":
        statuses.append(409)
    for response in operation["responses"].values():
        if needs_key:
            response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in LIMIT_HEADERS}
    for status in sorted(statuses):
        operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/Error{status}"})


def _response(status: int, text: str) -> Json:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": f"{HTTPStatus(status).phrase}. {text}", "content": content}

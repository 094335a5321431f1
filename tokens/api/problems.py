"""Errors of the API, as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

logger = logging.getLogger(__name__)

# What is wrong with a value, by the names that pydantic gives to its errors; the rest are just not valid.
WRONG = {
    "missing": gettext_lazy("This is required."),
    "string_type": gettext_lazy("This must be text."),
    "string_too_long": gettext_lazy("This text is too long."),
    "int_type": gettext_lazy("This must be a whole number."),
    "int_parsing": gettext_lazy("This must be a whole number."),
    "int_from_float": gettext_lazy("This must be a whole number."),
    "float_type": gettext_lazy("This must be a number."),
    "float_parsing": gettext_lazy("This must be a number."),
    "bool_parsing": gettext_lazy("This must be true or false."),
    "uuid_type": gettext_lazy("This must be a UUID."),
    "uuid_parsing": gettext_lazy("This must be a UUID."),
    "list_type": gettext_lazy("This must be a list."),
    "dict_type": gettext_lazy("This must be an object."),
    "model_type": gettext_lazy("This must be an object."),
    "model_attributes_type": gettext_lazy("This must be an object."),
    "greater_than_equal": gettext_lazy("This number is too small."),
    "less_than_equal": gettext_lazy("This number is too large."),
}

# What the API answers in; a client that asks for the second alone gets its answers under that name.
JSON, JSON_API = "application/json", "application/vnd.api+json"
MEDIA_TYPES = (JSON, JSON_API)

# The problems that software can tell apart, with their titles; the documentation of the API explains each.
KINDS = {
    "token-expired": "Token expired",
    "token-superseded": "Token superseded",
    "token-read-only": "Token may only read",
    "network-not-allowed": "Network not allowed",
    "limit-reached": "Limit reached",
    "link-expired": "Link expired",
}


class ProblemError(Exception):
    """An error that the API answers with. `errors` maps places of faults to what is wrong there.

    A place is a JSON pointer into the body, or the bare name of an attribute (422) or of a parameter (400).
    `kind` is one of `KINDS`, for software that acts on it; `facts` are further members of the body.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Mapping[str, list[str]] | None = None,
        kind: str = "",
        facts: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.kind = kind
        self.facts = facts or {}
        self.headers = headers or {}


def respond(request: HttpRequest, problem: ProblemError) -> JsonResponse:
    body: dict[str, object] = {
        "type": f"/api/docs/#{problem.kind}" if problem.kind else "about:blank",
        "title": KINDS[problem.kind] if problem.kind else HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "message": problem.detail,
        "errors": list(_faults(problem)),
        **problem.facts,
    }
    response = JsonResponse(body, status=problem.status, content_type="application/problem+json")
    for name, value in problem.headers.items():
        response[name] = value
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="PlanRadar API"'
    return response


def _faults(problem: ProblemError) -> Iterator[dict[str, str]]:
    """Say each fault with its place. Where the whole request is refused, say that as the only one."""
    if not problem.errors:
        yield {"detail": problem.detail}
    for place, messages in (problem.errors or {}).items():
        for message in messages:
            yield {**_located(place, problem.status), "detail": str(message)}


def _located(place: str, status: int) -> dict[str, str]:
    if not place or place.startswith("/"):
        return {"pointer": place}
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
        return {"parameter": place}
    return {"pointer": f"/data/attributes/{place}"}


def by_status(status: int) -> ProblemError:
    """Return the problem for a status that Django or the router came to by itself."""
    details = {
        400: _("The request could not be read."),
        401: _("Send a valid personal access token in X-PlanRadar-API-Key."),
        403: _("You are not allowed to do this."),
        404: _("There is nothing at this address."),
        405: _("This address does not take this method."),
        413: _("The request is too large."),
        503: _("The service is not available just now. Try again soon."),
    }
    return ProblemError(status, details.get(status, _("Something went wrong here. It has been noted.")))


def unexpected(request: HttpRequest, error: Exception) -> JsonResponse:
    """Answer what nobody foresaw, and keep its details for the log."""
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return respond(request, by_status(500))


def of_invalid(errors: list[dict[str, Any]]) -> ProblemError:
    """Return the problem for what the router found wrong: 422 for a body, 400 for what stands in the address."""
    wrong: dict[str, list[str]] = {}
    for error in errors:
        message = error.get("ctx", {}).get("message") or WRONG.get(error["type"], _("This is not valid."))
        wrong.setdefault(_place(error["loc"]), []).append(str(message))
    if errors[0]["loc"][0] == "body":
        return ProblemError(422, _("Some attributes are not valid."), errors=wrong)
    return ProblemError(400, _("Some parameters are not valid."), errors=wrong)


def _place(location: tuple[object, ...]) -> str:
    """Name the parameter, or point into the body, as in `/data/attributes/subscribers/0`. The router adds two steps."""
    if location[0] == "body":
        return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in location[2:])
    return ".".join(map(str, location[2:] or location[1:]))

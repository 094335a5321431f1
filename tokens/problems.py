"""Errors of the API, as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpRequest, JsonResponse


class Problem(Exception):  # noqa: N818, it is the field's word
    """An error that the API answers with. `errors` maps the names of attributes to what is wrong with them."""

    def __init__(self, status: int, detail: str, *, errors: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


def respond(request: HttpRequest, problem: Problem) -> JsonResponse:
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = problem.errors
    response = JsonResponse(body, status=problem.status, content_type="application/problem+json")
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="PlanRadar API"'
    return response

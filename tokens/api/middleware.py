"""The frame around every answer of the API: always JSON, always with the account's standing."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tokens.api.problems import by_status, respond

GetResponse = Callable[[HttpRequest], HttpResponse]
API = ("/api/v1/", "/api/v2/", "/api/leaked_tokens")


def api_frame(get_response: GetResponse) -> GetResponse:
    """Let the API know no cookies, and neither care for a last slash nor ever answer with HTML."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return get_response(request)
        is_operation = request.path_info.startswith(API)
        if is_operation:
            request.COOKIES.clear()
            request.path_info = request.path_info.removesuffix("/")
        response = get_response(request)
        if response.status_code >= 400 and (is_operation or request.resolver_match is None):
            response = _as_problem(request, response)
        standing = getattr(request, "standing", None)
        for name, value in standing.headers().items() if standing else ():
            response.headers[name] = value
        return response

    return middleware


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.headers.get("Content-Type") == "application/problem+json":
        return response
    problem = respond(request, by_status(response.status_code))
    if "Allow" in response.headers:
        problem.headers["Allow"] = response.headers["Allow"]
    return problem

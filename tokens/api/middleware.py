"""The frame around every answer of the API: always JSON, always with the account's standing."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _

from tokens.api.body_limits import most_bytes
from tokens.api.problems import JSON, JSON_API, ProblemError, by_status, respond

GetResponse = Callable[[HttpRequest], HttpResponse]
API = ("/api/v1/", "/api/v2/", "/api/leaked_tokens", "/api/files/")
SLASHES = re.compile("/{2,}")
ROOT = re.compile("/+api/")


def api_frame(get_response: GetResponse) -> GetResponse:
    """Let the API know no cookies, and neither care for slashes too many nor ever answer with HTML."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not ROOT.match(request.path_info):
            return get_response(request)
        _tidy(request)
        is_operation = request.path_info.startswith(API)
        response = (_refusal(request) if is_operation else None) or get_response(request)
        if response.status_code >= 400 and (is_operation or request.resolver_match is None):
            response = _as_problem(request, response)
        if response.headers.get("Content-Type") == JSON and not request.accepts(JSON) and request.accepts(JSON_API):
            response.headers["Content-Type"] = JSON_API
        if is_operation and response.status_code == 200 and _is_known(request, response):
            response = _not_modified(response)
        standing = getattr(request, "standing", None)
        for name, value in standing.headers().items() if standing else ():
            response.headers[name] = value
        return response

    return middleware


def _tidy(request: HttpRequest) -> None:
    """Read slashes in a row as one, and leave out the last one; pages below /api/ have theirs."""
    path = SLASHES.sub("/", request.path_info)
    if path.startswith(API) or path == "/api/openapi.json/":
        path = path.removesuffix("/")
    if path.startswith(API):
        request.COOKIES.clear()
    prefix = request.path.removesuffix(request.path_info) if request.path.endswith(request.path_info) else ""
    request.path_info, request.path = path, prefix + path


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Refuse a body that is too large, or whose size is not said, before a byte of it is read."""
    length, most = request.META.get("CONTENT_LENGTH") or "", most_bytes(request)
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        return respond(request, ProblemError(411, _("Send the length of the body in Content-Length.")))
    if length.isdecimal() and int(length) > most:
        detail = _("The body is larger than the %(size)s KiB that this address takes.")
        return respond(request, ProblemError(413, detail % {"size": most // 1024}))
    return None


def _is_known(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether the client has this version of a resource already. A packed answer has a weak tag."""
    wanted = request.headers.get("If-None-Match", "")
    tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    return request.method in ("GET", "HEAD") and response.headers.get("ETag") in tags


def _not_modified(response: HttpResponse) -> HttpResponse:
    answer = HttpResponseNotModified()
    answer.headers["ETag"] = response.headers["ETag"]
    return answer


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.headers.get("Content-Type") == "application/problem+json":
        return response
    problem = respond(request, by_status(response.status_code))
    if "Allow" in response.headers:
        problem.headers["Allow"] = response.headers["Allow"]
    return problem

"""What every answer carries beside its content, and how it is packed."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from django.views.defaults import bad_request

# What a browser could do for a page and none of ours asks for. The clipboard and passkeys stay with us alone.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "hid",
        "idle-detection",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "screen-wake-lock",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
)

# What other middleware sets on pages, for the answers that it never sees: files, redirects to https, bad hosts.
CLOSED = {
    "Content-Security-Policy": settings.CLOSED_CONTENT_SECURITY_POLICY,
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
}


def closed_to_others(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let no other site embed what is answered, and no page of ours use what it does not need."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.status_code == 429:  # some come from libraries, whose limits are by the minute
            response.headers.setdefault("Retry-After", "60")  # seconds
        for name, value in CLOSED.items():
            response.headers.setdefault(name, value)
        if settings.DEBUG and response.status_code in (404, 500):  # Django's page for developers has inline styles
            del response.headers["Content-Security-Policy"]
        if request.path_info.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "private, no-cache")  # kept only to be asked about
            patch_vary_headers(response, ["Accept", "Authorization", "X-PlanRadar-API-Key"])
        return response

    return middleware


def head_as_get(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer HEAD as GET wherever there is one, with all headers and without the content."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return get_response(request)
        request.method = "GET"
        response = get_response(request)
        request.method = "HEAD"
        bare = HttpResponse(status=response.status_code, headers=response.headers)
        bare.cookies = response.cookies
        if not response.streaming:
            bare.headers["Content-Length"] = str(len(response.content))
        response.close()
        return bare

    return middleware


class refuse_values_out_of_range:
    """Answer 400 to what no database can hold, such as zero bytes and numbers beyond 64 bits, instead of failing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        is_admin = request.path_info.startswith("/admin/")  # our own pages say which field it is
        return bad_request(request, SuspiciousOperation()) if is_admin and "%00" in request.get_full_path() else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.method == "GET" and isinstance(exception, OverflowError | DataError):
            return bad_request(request, exception)
        return None


class compressed(GZipMiddleware):
    """Pack pages and JSON; what streams, such as photos, is sent as it is.

    BREACH reads a secret out of the size of many packed answers that hold it beside what the attacker typed. Here no
    answer holds one twice: Django masks the CSRF token newly in each and adds random bytes to the packed answer, tokens
    and signing secrets are shown in one answer to one POST, and stored ones are never put into a page.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)

"""What every answer carries beside its content, and how it is packed."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

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
        for name, value in CLOSED.items():
            response.headers.setdefault(name, value)
        if settings.DEBUG and response.status_code in (404, 500):  # Django's page for developers has inline styles
            del response.headers["Content-Security-Policy"]
        if request.path_info.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "private, no-cache")  # kept only to be asked about
            patch_vary_headers(response, ["Accept", "Authorization", "X-PlanRadar-API-Key"])
        return response

    return middleware


class compressed(GZipMiddleware):
    """Pack pages and JSON; what streams, such as photos, is sent as it is.

    BREACH reads a secret out of the size of many packed answers that hold it beside what the attacker typed. Here no
    answer holds one twice: Django masks the CSRF token anew in each and adds random bytes to the packed answer, tokens
    and signing secrets are shown in one answer to one POST, and stored ones are never put into a page.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)

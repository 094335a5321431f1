"""What every answer carries beside its content, and how it is packed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

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


def closed_to_others(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let no other site embed what is answered, and no page of ours use what it does not need."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
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

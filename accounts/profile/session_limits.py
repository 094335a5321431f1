"""Sign-ins end when nobody used them for a while, and after a longest time in any case."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

BEGAN, SEEN = "session_began", "session_seen"  # of the session, in seconds since 1970
STEP = 300  # seconds between two notes that a session is in use: not every request writes


@receiver(user_logged_in)
def begin(request: HttpRequest | None, **kwargs: Any) -> None:
    if request is not None:
        request.session[BEGAN] = request.session[SEEN] = int(time.time())


def limited(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sign out those whose session is over; note that the others are here."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if _is_over(request, now):
                logout(request)
                messages.info(request, _("You were signed out. Sign in again to go on."))
            elif now - request.session.get(SEEN, 0) >= STEP:
                request.session[SEEN] = now
                request.session.setdefault(BEGAN, now)
        return get_response(request)

    return middleware


def _is_over(request: HttpRequest, now: int) -> bool:
    began, seen = request.session.get(BEGAN, now), request.session.get(SEEN, now)
    return now - began >= settings.SESSION_LONGEST_HOURS * 3600 or now - seen >= settings.SESSION_IDLE_HOURS * 3600

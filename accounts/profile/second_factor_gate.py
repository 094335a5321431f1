from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import AnyRequest
from accounts.profile import second_factor_policy

OPEN = ("/auth/", "/static/", "/help/", "/health/", "/metrics", "/demo/", "/invitation/")
OF_MACHINES = ("/api/v", "/api/leaked_tokens")


def second_factor(get_response: Callable[[AnyRequest], HttpResponse]) -> Callable[[AnyRequest], HttpResponse]:
    """Lead those whose term is over to the set-up of a second factor, whatever they ask for."""

    def middleware(request: AnyRequest) -> HttpResponse:
        if request.path_info.startswith(OPEN + OF_MACHINES) or not request.user.is_authenticated:
            return get_response(request)
        now = timezone.now()
        due = second_factor_policy.due_at(request.user, request.memberships, now)
        if due is None or due > now:
            return get_response(request)
        messages.warning(request, _("Set up a second factor to go on. Your role requires one."))
        return redirect("mfa_index")

    return middleware

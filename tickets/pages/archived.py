from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.access import AccountRequest
from accounts.models import Project
from tickets.services.archived import ArchivedProjectError, ensure_active

P = ParamSpec("P")
View = Callable[Concatenate[AccountRequest, int, P], HttpResponse]


def in_active_project(view: View[P]) -> View[P]:
    """Lead back to the project, and say why, where the page would change something in an archived one."""

    @wraps(view)
    def checked(request: AccountRequest, project_pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        project = Project.objects.of(request.account).filter(pk=project_pk).first()
        try:
            if project:
                ensure_active(project)
            return view(request, project_pk, *args, **kwargs)
        except ArchivedProjectError as error:
            messages.error(request, error.messages[0])
            return redirect("tickets:project_detail", project_pk)

    return checked

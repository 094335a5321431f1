"""The pages on which Customer Success acts on one request, inside the administration."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mail
from accounts.actors import Actor
from accounts.models import User
from connect import services
from connect.actions import ACTS, ReviewAction
from connect.models import ConnectRequest
from connect.models.request import StateConflictError
from connect.review_forms import ActForm, TakeForm, moved

CHANGE_PAGE = "admin:connect_connectrequest_change"
NOTHING_SEEN = 0  # no request has this version


def by_of(request: HttpRequest) -> services.ActingUser:
    return services.ActingUser(Actor(cast(User, request.user), via="admin"), request.META["REMOTE_ADDR"])


def act(request: HttpRequest, pk: int, name: str, *, model_admin: admin.ModelAdmin[ConnectRequest]) -> HttpResponse:
    """Write, look at the mail, send. Each step posts the same form, so that nothing typed is lost."""
    connect_request, chosen = _connect_request(request, pk, model_admin), _chosen(name)
    if request.method != "POST":
        if not connect_request.allows(chosen.kind):
            messages.warning(request, moved(connect_request.entries.last()))
            return redirect(CHANGE_PAGE, pk)
        return _page(request, model_admin, connect_request, ActForm(act=chosen, connect_request=connect_request))
    form = ActForm(request.POST, act=chosen, connect_request=connect_request)
    if "insert" in request.POST:
        return _page(request, model_admin, connect_request, form.with_reply())
    if not form.is_valid():
        return _page(request, model_admin, connect_request, form)
    user = cast(User, request.user)
    has_moved = form.cleaned_data["seen"] != connect_request.version
    if chosen.is_mailed and "send" not in request.POST and not has_moved:
        return _page(request, model_admin, connect_request, form, form.preview(user))
    if has_moved or not form.perform(by_of(request)):
        connect_request = _connect_request(request, pk, model_admin)
        if form.was_carried_out(connect_request, user):
            return redirect(CHANGE_PAGE, pk)
        return _page(request, model_admin, connect_request, form.again(connect_request))
    model_admin.log_change(request, connect_request, str(chosen.title))
    messages.success(request, _("Done: %(act)s.") % {"act": chosen.title})
    return redirect(CHANGE_PAGE, pk)


def assign_to_me(request: HttpRequest, pk: int, *, model_admin: admin.ModelAdmin[ConnectRequest]) -> HttpResponse:
    connect_request, form = _connect_request(request, pk, model_admin), TakeForm(request.POST)
    if request.method == "POST":
        me, seen = cast(User, request.user), form.cleaned_data["seen"] if form.is_valid() else NOTHING_SEEN
        if assign(request, [connect_request], to=me, model_admin=model_admin, seen=seen):
            messages.success(request, _("The request is yours."))
        else:
            messages.warning(request, moved(connect_request.entries.last()))
    return redirect(CHANGE_PAGE, pk)


def assign(
    request: HttpRequest,
    connect_requests: list[ConnectRequest],
    *,
    to: User,
    model_admin: admin.ModelAdmin[ConnectRequest],
    seen: int | None = None,
) -> int:
    """Hand requests to one person, and return how many were open still."""
    by, now, done = by_of(request), timezone.now(), 0
    for connect_request in connect_requests:
        try:
            services.perform(
                connect_request, lambda current: current.assign(to, by=by.actor.user, now=now), by=by, seen=seen
            )
        except StateConflictError:
            continue
        model_admin.log_change(request, connect_request, f"{_('Assigned')}: {to.name}")
        done += 1
    return done


def _connect_request(request: HttpRequest, pk: int, model_admin: admin.ModelAdmin[ConnectRequest]) -> ConnectRequest:
    connect_request = get_object_or_404(
        ConnectRequest.objects.select_related("account", "requested_by", "assignee"), pk=pk
    )
    if not model_admin.has_change_permission(request, connect_request):
        raise PermissionDenied
    return connect_request


def _chosen(name: str) -> ReviewAction:
    for one in ACTS:
        if one.name == name:
            return one
    raise Http404


def _page(
    request: HttpRequest,
    model_admin: admin.ModelAdmin[ConnectRequest],
    connect_request: ConnectRequest,
    form: ActForm,
    letter: mail.Letter | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        "title": form.act.title,
        "subtitle": str(connect_request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "original": connect_request,
        "form": form,
        "act": form.act,
        "is_allowed": connect_request.allows(form.act.kind),
        "entries": connect_request.entries.all(),
        "letter": letter,
    }
    return TemplateResponse(request, "admin/connect/connectrequest/act.html", context)

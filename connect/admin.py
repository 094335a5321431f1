from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from connect import review_views
from connect.account_summary import facts_of
from connect.actions import allowed
from connect.catalogue import NAMES
from connect.filters import AgeFilter, AppFilter, AssigneeFilter, WorkFilter, reviewers
from connect.models import CannedReply, ConnectRequest, WantedApp
from connect.models.request import URGENCY
from connect.review_forms import TakeForm
from lib.csv_export import csv_response
from lib.review_queue import StrictModelAdmin, sla_badge, state_badge
from lib.sla import SlaStatus

Requests = QuerySet[ConnectRequest]


class AssignForm(ActionForm):
    """The one to whom chosen requests are given."""

    to = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Assign to"),
        required=False,
        empty_label=gettext_lazy("nobody chosen"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = reviewers()  # type: ignore[attr-defined]


@admin.register(ConnectRequest)
class ConnectRequestAdmin(StrictModelAdmin):
    """The queue of requests, and one page for each. Every change is an act of `connect.actions`."""

    list_display = ("account", "standing", "assigned", "state_shown", "apps", "language", "created_at")
    list_filter = (WorkFilter, AssigneeFilter, AgeFilter, AppFilter, "language")
    list_select_related = ("account", "assignee")
    list_per_page = 50
    ordering = URGENCY
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ("account__name", "other_apps", "purpose", "contact", "requested_by__email", "requested_by__name")
    search_help_text = gettext_lazy("Account, apps, what should happen, contact, requester")
    actions = ("assign_mine", "assign_many", "export_csv")
    action_form = AssignForm
    change_form_template = "admin/connect/connectrequest/change_form.html"

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["css/queue.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ConnectRequest | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Requests:
        return super().get_queryset(request).prefetch_related("wanted_apps")

    def get_search_results(self, request: HttpRequest, queryset: Requests, search_term: str) -> tuple[Requests, bool]:
        """Search by the names of the apps of the catalogue, too."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        term = search_term.strip().lower()
        apps = [app for app, name in NAMES.items() if term and term in name.lower()]
        if apps:
            found |= queryset.filter(pk__in=WantedApp.objects.filter(app__in=apps).values("request"))
        return found, may_repeat

    @admin.display(description=gettext_lazy("apps"))
    def apps(self, connect_request: ConnectRequest) -> str:
        return Truncator(", ".join(connect_request.app_names)).chars(80)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, connect_request: ConnectRequest) -> SafeString:
        state = state_badge(connect_request.state, connect_request.get_state_display())
        return format_html("{} {}", state, sla_badge(unanswered())) if connect_request.is_unanswered else state

    @admin.display(description=gettext_lazy("assigned to"), ordering="assignee__name", empty_value="–")
    def assigned(self, connect_request: ConnectRequest) -> str | None:
        return connect_request.assignee.name if connect_request.assignee else None

    @admin.display(description=gettext_lazy("promise"), ordering="due_at")
    def standing(self, connect_request: ConnectRequest) -> SafeString | str:
        standing = standing_of(connect_request)
        return sla_badge(standing) if standing else "–"

    def get_urls(self) -> list[URLPattern]:
        def wrapped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
            return self.admin_site.admin_view(partial(view, model_admin=self))

        return [
            path("<int:pk>/assign/", wrapped(review_views.assign_to_me), name="connect_connectrequest_assign"),
            path("<int:pk>/<slug:name>/act/", wrapped(review_views.act), name="connect_connectrequest_act"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the request, the account and the timeline on one page, with what can be done as buttons."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        connect_request = self.get_object(request, object_id)
        if connect_request is not None:
            can_act = self.has_change_permission(request, connect_request)
            extra_context = {
                "connect_request": connect_request,
                "title": str(connect_request.account),
                "subtitle": None,
                "standings": [
                    one for one in (standing_of(connect_request), connect_request.is_unanswered and unanswered()) if one
                ],
                "take": TakeForm(initial={"seen": connect_request.version}),
                "facts": facts_of(connect_request),
                "entries": connect_request.entries.all(),
                "acts": allowed(connect_request) if can_act else [],
                "can_take": can_act and connect_request.is_open and connect_request.assignee_id != request.user.pk,
            }
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.action(description=gettext_lazy("Assign to me"), permissions=["change"])
    def assign_mine(self, request: HttpRequest, connect_requests: Requests) -> None:
        self._assign(request, connect_requests, cast(User, request.user))

    @admin.action(description=gettext_lazy("Assign to the person chosen"), permissions=["change"])
    def assign_many(self, request: HttpRequest, connect_requests: Requests) -> None:
        chosen = self.action_form(request.POST)
        chosen.fields.pop("action")  # it is this one
        to = chosen.cleaned_data.get("to") if chosen.is_valid() else None
        if to is None:
            self.message_user(request, _("Choose whom the requests go to."), messages.ERROR)
        else:
            self._assign(request, connect_requests, to)

    def _assign(self, request: HttpRequest, connect_requests: Requests, to: User) -> None:
        chosen = list(connect_requests.select_related("account"))
        done = review_views.assign(request, chosen, to=to, model_admin=self)
        words = {"number": done, "name": to.name}
        told = ngettext("%(number)d request is with %(name)s.", "%(number)d requests are with %(name)s.", done) % words
        self.message_user(request, told, messages.SUCCESS if done else messages.WARNING)
        if left := len(chosen) - done:
            told = ngettext("%(number)d was closed already.", "%(number)d were closed already.", left)
            self.message_user(request, told % {"number": left}, messages.WARNING)

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, connect_requests: Requests) -> HttpResponseBase:
        return csv_response("connect-requests", [str(name) for name in CSV_HEAD], map(_cells, _all(connect_requests)))


CSV_HEAD = [
    gettext_lazy("Number"),
    gettext_lazy("Account"),
    gettext_lazy("Apps"),
    gettext_lazy("Direction"),
    gettext_lazy("What should happen"),
    gettext_lazy("Events a month"),
    gettext_lazy("Who to talk to"),
    gettext_lazy("Phone"),
    gettext_lazy("Best time"),
    gettext_lazy("Language"),
    gettext_lazy("State"),
    gettext_lazy("Assigned to"),
    gettext_lazy("Submitted (UTC)"),
    gettext_lazy("Promised until (UTC)"),
]


def _all(connect_requests: Requests) -> Iterable[ConnectRequest]:
    return (
        connect_requests.select_related("account", "assignee").prefetch_related("wanted_apps").iterator(chunk_size=500)
    )


def _cells(connect_request: ConnectRequest) -> list[object]:
    return [
        connect_request.pk,
        connect_request.account.name,
        ", ".join(connect_request.app_names),
        connect_request.get_direction_display(),
        connect_request.purpose,
        connect_request.get_volume_display(),
        connect_request.contact,
        connect_request.phone,
        connect_request.preferred_time,
        connect_request.get_language_display(),
        connect_request.get_state_display(),
        connect_request.assignee.name if connect_request.assignee else "",
        f"{connect_request.created_at:%Y-%m-%d %H:%M}",
        f"{connect_request.due_at:%Y-%m-%d %H:%M}" if connect_request.due_at else "",
    ]


def unanswered() -> SlaStatus:
    return SlaStatus("warn", _("unanswered message"))


def standing_of(connect_request: ConnectRequest) -> SlaStatus | None:
    """Return how the request stands against the promise; None where nothing is promised any more."""
    if connect_request.due_at:
        return SlaStatus.of(connect_request.due_at, timezone.now())
    return SlaStatus("muted", _("clock stopped")) if connect_request.is_open else None


@admin.register(CannedReply)
class CannedReplyAdmin(StrictModelAdmin):
    list_display = ("title", "use", "language")
    list_filter = ("use", "language")
    search_fields = ("title", "text")

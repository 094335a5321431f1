from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.models import User
from lib.charts import Bar, Chart
from lib.review_queue import StateFilter, StrictModelAdmin, sla_badge, state_badge
from lib.sla import SlaStatus, due_after
from tokens import emails
from tokens.models import LimitRequest, PersonalAccessToken
from tokens.networks import address_of


@admin.register(PersonalAccessToken)
class TokenAdmin(admin.ModelAdmin):
    """To look at, never to change: tokens are ended by those who may, under their rules (R-U3)."""

    list_display = ("name", "hint", "membership", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("membership__user", "membership__account")
    search_fields = ("name", "membership__user__email", "membership__account__name")
    fields = (*list_display, "note", "can_write", "networks", "last_used_ip", "revoked_by", "revocation_reason")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PersonalAccessToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PersonalAccessToken | None = None) -> bool:
        return False


class DecisionForm(forms.ModelForm):
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("grant", gettext_lazy("grant")), ("decline", gettext_lazy("decline"))],
        widget=forms.RadioSelect,
    )

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("decision") != "grant" or "granted" in self.errors:
            return
        granted, present = self.cleaned_data.get("granted"), self.instance.account.requests_per_minute
        if not granted:
            self.add_error("granted", _("Say how many requests a minute you grant."))
        elif granted <= present:
            text = _("The account has %(number)s requests a minute already. Grant more, or decline.")
            self.add_error("granted", text % {"number": present})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "granted" in self.fields:
            self.fields["granted"].required = False
            self.initial["granted"] = self.instance.number


@admin.register(LimitRequest)
class LimitRequestAdmin(StrictModelAdmin):
    """Where Customer Success decides, once. The decision is in force at the account's next request."""

    form = DecisionForm
    list_display = ("account", "number", "state_shown", "standing", "requested_by", "created_at")
    list_filter = (StateFilter,)
    list_select_related = ("account", "requested_by")
    list_per_page = 50
    ordering = ("created_at", "pk")
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ("account__name", "reason")
    asked = ("account", "present_limit", "number", "reason", "requested_by", "created_at", "use_before")
    decided = ("state", "granted", "answer", "decided_by", "decided_at")

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["css/queue.css"]}

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, limit_request: LimitRequest) -> SafeString:
        return state_badge(limit_request.state, limit_request.get_state_display())

    @admin.display(description=gettext_lazy("promise"), ordering="created_at")
    def standing(self, limit_request: LimitRequest) -> SafeString | str:
        is_done = not _is_open(limit_request)
        return "–" if is_done else sla_badge(SlaStatus.of(due_after(limit_request.created_at), timezone.now()))

    def get_fields(self, request: HttpRequest, obj: LimitRequest | None = None) -> tuple[str, ...]:
        return (*self.asked, "decision", "granted", "answer") if _is_open(obj) else (*self.asked, *self.decided)

    def get_readonly_fields(self, request: HttpRequest, obj: LimitRequest | None = None) -> tuple[str, ...]:
        return self.asked if _is_open(obj) else (*self.asked, *self.decided)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LimitRequest | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LimitRequest | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _is_open(obj))

    @admin.display(description=gettext_lazy("present limit"))
    def present_limit(self, limit_request: LimitRequest) -> int:
        return limit_request.account.requests_per_minute

    @admin.display(description=gettext_lazy("use in the 24 hours before"))
    def use_before(self, limit_request: LimitRequest) -> SafeString | str:
        bars = [Bar(hour[11:16], served, refused) for hour, served, refused in limit_request.usage]
        if not bars:
            return "-"
        title = _("Requests an hour, in the 24 hours before")
        chart = Chart(title, _("Hour (UTC)"), bars, _("served"), _("refused by the limit"))
        return render_to_string("_chart.html", {"chart": chart})

    def save_model(self, request: HttpRequest, obj: LimitRequest, form: DecisionForm, change: bool) -> None:
        with transaction.atomic():
            _decide(obj, form.cleaned_data, by=cast(User, request.user), ip=address_of(request))

    def response_change(self, request: HttpRequest, obj: LimitRequest) -> HttpResponse:
        is_mine = obj.decided_by_id == request.user.pk
        return super().response_change(request, obj) if is_mine else self._tell_second(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        limit_request = self.get_object(request, object_id)
        if (
            request.method == "POST"
            and limit_request
            and not _is_open(limit_request)
            and self.has_view_permission(request, limit_request)
        ):
            return self._tell_second(request)
        return super().change_view(request, object_id, form_url, extra_context)

    def _tell_second(self, request: HttpRequest) -> HttpResponse:
        """Tell the person who decided second, and give back what they wrote."""
        told = _("Nothing was done: this request has already been decided. You wrote: %(answer)s")
        self.message_user(request, told % {"answer": request.POST.get("answer") or "–"}, messages.WARNING)
        return redirect(request.path)


def _decide(limit_request: LimitRequest, values: dict[str, Any], *, by: User, ip: str | None) -> None:
    now, before = timezone.now(), limit_request.account.requests_per_minute
    if values["decision"] == "grant":
        action = "limit.changed"
        was_open = limit_request.grant(values["granted"], by=by, answer=values["answer"], now=now)
    else:
        action = "limit.declined"
        was_open = limit_request.decline(by=by, answer=values["answer"], now=now)
    if was_open:
        detail = {"asked": limit_request.number, "limit": {"from": before, "to": limit_request.granted or before}}
        actor = Actor(by, via="admin")
        audit_log.record(
            action, account=limit_request.account, actor=actor, subject=limit_request.account.name, detail=detail, ip=ip
        )
        emails.limit_decided(limit_request)


def _is_open(limit_request: LimitRequest | None) -> bool:
    return limit_request is not None and limit_request.state == LimitRequest.State.SUBMITTED

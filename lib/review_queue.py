"""What queues of requests in the administration have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lib.sla import SlaStatus

Choices = list[tuple[str, Any]]  # a value, and its label


class StateFilter(admin.SimpleListFilter):
    """The states of a model with `State` and `NEEDS_REVIEW`. A queue opens on what needs doing."""

    title = _("state")
    parameter_name = "state"
    to_do: tuple[str, ...]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> Choices:
        self.to_do = model_admin.model.NEEDS_REVIEW
        return [("to_do", _("needs doing")), *model_admin.model.State.choices, ("all", _("all"))]

    def value(self) -> str:
        return super().value() or "to_do"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        match self.value():
            case "all":
                return queryset
            case "to_do":
                return self.needs_doing(queryset)
        return queryset.filter(state=self.value())

    def needs_doing(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return queryset.filter(state__in=self.to_do)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        _all, *choices = super().choices(changelist)  # it is one of ours here
        yield from choices


class StrictModelAdmin(admin.ModelAdmin):
    """Answers 400 to what no page of the administration sends, where Django would fail."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        values = [value for _name, chosen in request.GET.lists() for value in chosen]
        chosen = request.POST.getlist("_selected_action")
        if any("\0" in value for value in values) or not all(pk.isdecimal() for pk in chosen):
            raise BadRequest
        return super().changelist_view(request, extra_context)


def state_badge(state: str, label: str) -> SafeString:
    return format_html('<span class="state state-{}">{}</span>', state, label)


def sla_badge(standing: SlaStatus) -> SafeString:
    return format_html('<span class="standing standing-{}">{}</span>', standing.level, standing.text)

"""The filters of the review queue."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from connect.catalogue import NAMES
from connect.models import ConnectRequest, WantedApp
from connect.models.request import ConnectRequestQuerySet
from lib.collation import by_name
from lib.review_queue import Choices, StateFilter
from lib.sla import SOON, due_after

Requests = QuerySet[ConnectRequest]


def reviewers() -> QuerySet[User]:
    """Return who may act on requests."""
    return ModelBackend().with_perm("connect.change_connectrequest").filter(is_staff=True).order_by(by_name(), "pk")


class WorkFilter(StateFilter):
    def needs_doing(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        return cast(ConnectRequestQuerySet, queryset).to_do()


class AssigneeFilter(admin.SimpleListFilter):
    title = _("assignee")
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> Choices:
        others: Choices = [(str(one.pk), one.name) for one in reviewers() if one != request.user]
        return [("me", _("me")), ("nobody", _("nobody")), *others]

    def queryset(self, request: HttpRequest, queryset: Requests) -> Requests:
        match self.value():
            case None:
                return queryset
            case "me":
                return queryset.filter(assignee_id=request.user.pk)
            case str(number) if number.isdecimal() and len(number) < 19:
                return queryset.filter(assignee_id=int(number))
        return queryset.filter(assignee=None)


class AgeFilter(admin.SimpleListFilter):
    title = _("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> Choices:
        return [
            ("overdue", _("overdue")),
            ("soon", _("due soon")),
            ("in_time", _("in time")),
            ("stopped", _("clock stopped")),
        ]

    def queryset(self, request: HttpRequest, queryset: Requests) -> Requests:
        now = timezone.now()
        soon = due_after(now, SOON)
        means = {
            "overdue": Q(due_at__lte=now),
            "soon": Q(due_at__gt=now, due_at__lte=soon),
            "in_time": Q(due_at__gt=soon),
            "stopped": Q(due_at=None, state__in=ConnectRequest.OPEN),
        }
        return queryset.filter(means.get(self.value() or "", Q()))


class AppFilter(admin.SimpleListFilter):
    title = _("app")
    parameter_name = "app"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> Choices:
        wanted = WantedApp.objects.order_by().values_list("app", flat=True).distinct()
        return sorted(((app, NAMES.get(app, app)) for app in wanted), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: Requests) -> Requests:
        return queryset.filter(wanted_apps__app=self.value()) if self.value() else queryset

    def get_facet_queryset(self, changelist: ChangeList) -> dict[str, int]:
        """Count all apps at once; Django would search the whole queue for each."""
        found = changelist.get_queryset(self.request, exclude_parameters=self.expected_parameters())
        wanted = WantedApp.objects.order_by().filter(request__in=found.order_by().values("pk"))
        counts = dict(wanted.values_list("app").annotate(Count("pk")))
        return {f"{place}__c": counts.get(app, 0) for place, (app, _name) in enumerate(self.lookup_choices)}

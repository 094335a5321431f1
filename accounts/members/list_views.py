"""The list of users, and the page that shows who may do what."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts.access import AccountRequest, require
from accounts.members.filters import MemberFilter, NamedRight
from accounts.models import Membership
from accounts.rights import MANAGE_USERS
from lib.collation import by_name
from lib.csv_export import csv_response

USERS_PER_PAGE = 50
PEOPLE_PER_RIGHT = 50


@require_GET
@require(MANAGE_USERS)
def user_list(request: AccountRequest) -> HttpResponse:
    form = MemberFilter(request.GET)
    members = form.apply(Membership.objects.of(request.account))
    page = Paginator(members, USERS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "sorts": form.sort_links(request.GET), "is_filtered": form.is_filtered}
    return render(request, "accounts/user_list.html", context)


@require_GET
@require(MANAGE_USERS)
def user_rights(request: AccountRequest) -> HttpResponse:
    active = Membership.objects.of(request.account).active().order_by(by_name(), "pk")
    numbers = active.aggregate(**{right.key: Count("pk", filter=right.condition) for right in NamedRight})
    groups = [
        {
            "right": right,
            "people": active.filter(right.condition)[:PEOPLE_PER_RIGHT],
            "number": numbers[right.key],
        }
        for right in NamedRight
    ]
    return render(request, "accounts/user_rights.html", {"groups": groups})


@require_GET
@require(MANAGE_USERS)
def user_rights_export(request: AccountRequest) -> StreamingHttpResponse:
    head = [_("Number"), pgettext("person", "Name"), _("E-mail"), _("Kind"), _("State")]
    head += [_("Account owner"), _("Manage users"), _("API access")]
    rows = (_row(member) for member in Membership.objects.of(request.account).order_by(by_name(), "pk").iterator(2000))
    return csv_response("users", head, rows)


def _row(member: Membership) -> list[str]:
    number = "" if member.state == Membership.State.INVITED else str(member.user_id)
    owns = member.is_owner
    flags = [owns, owns or member.can_manage_users, owns or member.has_api_access]
    person = [number, member.name, member.user.email, member.kind, member.state.value]
    return person + ["yes" if flag else "no" for flag in flags]

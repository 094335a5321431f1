from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from accounts.models import Membership
from tickets.api import serializers
from tickets.api.pagination import Changing, Text, paged_response, single_response, sort
from tickets.api.paths import CustomerPath, UserPath, key_of
from tickets.api.responses import Page, Single
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError

router = Router()
COLUMNS = {
    "id": "user_id",
    "name": "name",
    "firstname": "name",
    "lastname": "name",
    "mail": "user__email",
    "email": "user__email",
    "company": "company",
    "position": "position",
    "city": "city",
    "zipcode": "zipcode",
    "street": "street",
    "active": "is_active",
    "user_type": "kind",
    "created_at": "created_at",
}


class UserQuery(Changing):
    search: Text = ""


@router.get("/users", response=Page, summary="List users")
def user_list(request: ApiRequest, path: Path[CustomerPath], query: Query[UserQuery]) -> HttpResponse:
    members = Membership.objects.of(request.auth.account).joined()
    if query.search:
        members = members.filter(Q(name__icontains=query.search) | Q(user__email__icontains=query.search))
    if query.since:
        members = members.filter(created_at__gt=query.since)
    return paged_response(sort(members, query.sort or "id", COLUMNS), query, serializers.user)


@router.get("/users/{user_id}", response=Single, summary="Read a user")
def user_detail(request: ApiRequest, path: Path[UserPath]) -> HttpResponse:
    member = Membership.objects.of(request.auth.account).joined().filter(user_id=key_of(path.user_id)).first()
    if member is None:
        raise ProblemError(404, _("There is no such user."))
    return single_response(serializers.user(member))

"""Pulling to heal: a receiver that was down reads what it missed, in order."""

from __future__ import annotations

import json
import re

from django.http import JsonResponse
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema

from accounts.rights import may_manage_account
from tickets.api.pagination import PageSize
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError
from webhooks.events import CATALOGUE
from webhooks.models import Event

router = Router()
LATEST = "latest"
SEQUENCE = re.compile(r"[0-9]{1,18}")


class EventsPath(Schema):
    customer_id: str


class EventsQuery(PageSize):
    after: str = Field(
        "",
        max_length=100,
        description="The id or sequence of the last event that you have; "
        "empty: from the first; `latest`: no events, and in `meta.next` the place to go on from.",
    )
    types: str = Field("", max_length=1000, description="Names of events, with commas between; empty: all.")


class EventResource(Schema):
    id: str
    type: str
    attributes: dict[str, object] = Field(description="The event's body, as it is sent to webhooks.")


class EventsMeta(Schema):
    count: int = Field(description="How many events this page holds.")
    pagesize: int
    next: str | None = Field(description="What to send as `after` for the next page; null: there are no more now.")


class EventsPage(Schema):
    data: list[EventResource]
    meta: EventsMeta


@router.get("/events", response=EventsPage, summary="List the account's events, in order")
def event_list(request: ApiRequest, path: Path[EventsPath], query: Query[EventsQuery]) -> JsonResponse:
    """Only with a token of the account owner. Events are kept as long as the retention says."""
    if not may_manage_account(request.auth.membership):
        raise ProblemError(403, _("Only a token of the account owner reads the account's events."))
    if query.after == LATEST:
        newest = Event.objects.filter(account=request.auth.account).order_by("-pk").first()
        meta = {"count": 0, "pagesize": query.size, "next": newest.uid if newest else None}
        return JsonResponse({"data": [], "meta": meta})
    events = Event.objects.in_order(request.auth.account, after=_position(request, query.after))
    if query.types:
        events = events.filter(type__in=_types(query.types))
    page = list(events[: query.size + 1])
    shown = page[: query.size]
    more = len(page) > len(shown)
    data = [{"id": event.uid, "type": "events", "attributes": json.loads(event.body)} for event in shown]
    return JsonResponse(
        {"data": data, "meta": {"count": len(shown), "pagesize": query.size, "next": shown[-1].uid if more else None}}
    )


def _position(request: ApiRequest, uid: str) -> int:
    if not uid:
        return 0
    if SEQUENCE.fullmatch(uid):
        return int(uid)
    event = Event.objects.filter(account=request.auth.account, uid=uid.replace("\x00", "")).first()
    if event is None:
        raise ProblemError(404, _("This event is unknown, or no longer kept. Leave out “after” to start over."))
    return event.pk


def _types(names: str) -> list[str]:
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in CATALOGUE]:
        detail = _("There is no event of this name: %(name)s")
        raise ProblemError(400, detail % {"name": unknown[0]}, errors={"types": [detail % {"name": unknown[0]}]})
    return wanted

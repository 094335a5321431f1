from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse
from ninja import Field, Path, Query, Router

from tickets.api import serializers
from tickets.api.pagination import LAST_SECOND, Changing, paged_response, sort
from tickets.api.paths import TicketPath, find_ticket
from tickets.api.responses import Page
from tokens.api.auth import ApiRequest

router = Router()
COLUMNS = {"id": "pk", "created_on": "created_at", "created_at": "created_at", "journal_type": "kind", "type": "kind"}


class JournalQuery(Changing):
    filter: int | None = Field(None, ge=1, le=3, description="1 = comments, 2 = media, 3 = changes")
    journals_after: float | None = Field(None, ge=0, le=LAST_SECOND, description="Starts again with page 1.")


@router.get("/projects/{project_id}/tickets/{uuid}/journals", response=Page, summary="List the journal of a ticket")
def journal_list(request: ApiRequest, path: Path[TicketPath], query: Query[JournalQuery]) -> HttpResponse:
    entries = find_ticket(request, path, path.uuid).journals.select_related("ticket", "author")
    if query.filter:
        entries = entries.filter(kind=query.filter)
    if query.since:
        entries = entries.filter(created_at__gt=query.since)
    if query.journals_after is not None:
        entries = entries.filter(created_at__gt=datetime.fromtimestamp(query.journals_after, UTC))
        query.page = 1
    return paged_response(sort(entries, query.sort, COLUMNS), query, serializers.journal)

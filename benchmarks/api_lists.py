"""Pages of the list of 100,000 tickets: page 1000 against page 1, and sorted against unsorted, in turns."""

from __future__ import annotations

import statistics
import time

from django.contrib.auth.hashers import make_password
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory

from accounts.models import Account, Membership, Project, User
from tickets.models import Ticket
from tokens.models import PersonalAccessToken

TICKETS, ROUNDS = 100_000, 40
FIRST, FAR = "", "page=1000"
SORTED = ["sort=-id", "sort=-updated-at", "sort=subject", "sort=due-date"]


def run() -> None:
    secret, address = _prepare()
    handler, factory = WSGIHandler(), RequestFactory()
    took: dict[str, list[float]] = {query: [] for query in [FIRST, FAR, *SORTED]}
    for number in range(ROUNDS + 5):
        for query, times in took.items():
            headers = {"X-PlanRadar-API-Key": secret, "User-Agent": "bench"}
            request = factory.get(f"{address}?{query}", secure=True, SERVER_NAME="localhost", headers=headers).environ
            began = time.perf_counter()
            response = handler.get_response(handler.request_class(request))
            elapsed = time.perf_counter() - began
            assert response.status_code == 200, response.content
            response.close()
            if number >= 5:
                times.append(elapsed)
    medians = {query: statistics.median(times) for query, times in took.items()}
    print(f"list_page_1_ms: {medians[FIRST] * 1000:.1f}")
    print(f"list_page_1000: {medians[FAR] / medians[FIRST]:.2f}")
    for query in SORTED:
        print(f"list_sorted_{query.removeprefix('sort=')}: {medians[query] / medians[FIRST]:.2f}")
    print(f"list_sorted: {max(medians[query] for query in SORTED) / medians[FIRST]:.2f}")


def _prepare() -> tuple[str, str]:
    user = User.objects.create(email="bench-lists@example.com", name="Bench", password=make_password(None))
    account = Account.objects.create(name="Bench", api_rate_limit=1_000_000)
    member = Membership.objects.create(account=account, user=user, has_api_access=True)
    Account.objects.filter(pk=account.pk).update(owner=member)
    project = Project.objects.create(account=account, name="Tower")
    rows = (
        Ticket(project=project, subject=f"Crack {number * 7919 % TICKETS}", author=user, due_date=_due_date(number))
        for number in range(TICKETS)
    )
    Ticket.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE tickets_ticket")
    secret = PersonalAccessToken.objects.issue(membership=member, name="bench")[1]
    return secret, f"/api/v2/{account.pk}/projects/{project.pk}/tickets"


def _due_date(number: int) -> str | None:
    """A third has none."""
    return None if number % 3 == 0 else f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}"

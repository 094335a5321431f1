"""A read of one ticket over the API against the same without authentication and limit, in interleaved pairs."""

from __future__ import annotations

import statistics
import time

from django.contrib.auth.hashers import make_password
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.urls import resolve
from ninja.operation import Operation

from accounts.models import Account, Membership, Project, User
from tickets.models import Ticket
from tokens.api.auth import ApiRequest, Caller
from tokens.models import PersonalAccessToken

PAIRS = 1500


def run() -> None:
    token, secret, address = _prepare()
    handler, factory = WSGIHandler(), RequestFactory()
    authenticated, bare = [], []
    operation = _operation(address)
    checks = operation.auth_callbacks
    caller = Caller(PersonalAccessToken.objects.with_people().get(pk=token.pk))

    def let_in(request: ApiRequest) -> Caller:
        return caller

    for number in range(PAIRS + 100):
        for callbacks, took in ((checks, authenticated), ([let_in], bare)):
            operation.auth_callbacks = callbacks
            request = factory.get(
                address,
                secure=True,
                SERVER_NAME="localhost",
                headers={"X-PlanRadar-API-Key": secret, "User-Agent": "bench"},
            ).environ
            began = time.perf_counter()
            response = handler.get_response(handler.request_class(request))
            elapsed = time.perf_counter() - began
            assert response.status_code == 200, response.content
            response.close()
            if number >= 100:
                took.append(elapsed)
    operation.auth_callbacks = checks
    cost = statistics.median(authenticated) / statistics.median(bare)
    print(f"api_auth_cost: {cost:.2f}")
    print(f"api_auth_cost_ms: {statistics.median(authenticated) * 1000:.2f}")


def _operation(address: str) -> Operation:
    """Find the operation that answers at an address, as it is served: the router keeps it in its view's closure."""
    view = resolve(address).func
    return next(
        operation
        for cell in view.__closure__
        for operation in cell.cell_contents.operations
        if "GET" in operation.methods
    )


def _prepare() -> tuple[PersonalAccessToken, str, str]:
    user = User.objects.create(email="bench-api@example.com", name="Bench", password=make_password(None))
    account = Account.objects.create(name="Bench", api_rate_limit=1_000_000)
    member = Membership.objects.create(account=account, user=user, has_api_access=True)
    Account.objects.filter(pk=account.pk).update(owner=member)
    project = Project.objects.create(account=account, name="Tower")
    ticket = Ticket.objects.create(project=project, subject="Crack", author=user)
    token, secret = PersonalAccessToken.objects.issue(membership=member, name="bench")
    return token, secret, f"/api/v2/{account.pk}/projects/{project.pk}/tickets/{ticket.uuid}"

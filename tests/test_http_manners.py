"""What HTTP lets clients expect of every address: HEAD, Retry-After, and no failure whatever is asked."""

import itertools

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.test_page_queries import PAGES

pytestmark = pytest.mark.django_db
ODD = ["\0", "9" * 20, "http://[", "0001-01-01T00:00:00+14:00"]
OURS = ["q", "page", "sort", "kind", "right", "state", "search", "status", "action", "actor", "since", "until", "event"]
OF_ADMIN = ["q", "o", "p", "id", "id__in", "state", "age", "app", "assignee"]
ADDRESSES = [
    "/projects/",
    "/health/live",
    "/auth/login/",
    "/users/rights/export/",
    "/api/docs/",
    "/api/openapi.json",
    "/help/",
    "/static/css/app.css",
]


def in_account(client, path):
    """Follow to where the page is, which may be under its account."""
    answer = client.get(path)
    return answer.url if answer.status_code == 302 else path


@pytest.mark.parametrize("name", [*ADDRESSES, *PAGES])
def test_head_answers_as_get_does_without_the_content(client_of, owner, name):
    client = client_of(owner)
    path = in_account(client, name if name.startswith("/") else reverse(name))
    got, head = client.get(path), client.head(path)

    assert (head.status_code, head.content) == (got.status_code, b"")
    # Pages hold a fresh CSRF token, which is packed; a second may turn between the two.
    changing = {"Content-Length", "Content-Disposition", "Expires"}
    assert {k: v for k, v in head.headers.items() if k not in changing} == {
        k: v for k, v in got.headers.items() if k not in changing
    }
    assert ("Content-Length" in head.headers) == (not got.streaming)


@pytest.mark.parametrize("address", ["projects", "rate_limit", "nothing"])
def test_head_works_on_the_api(client, api_user, token_of, address):
    headers = {"X-PlanRadar-API-Key": token_of(api_user)}
    path = f"/api/v2/{api_user.account.pk}/{address}"

    got, head = client.get(path, headers=headers), client.head(path, headers=headers)
    assert (head.status_code, head.headers["Content-Length"]) == (got.status_code, str(len(got.content)))


def test_page_that_refuses_too_many_requests_says_when_to_come_back(client):
    cache.clear()
    answers = [client.post(reverse("account_login"), {"login": f"{n}@x.example", "password": "p"}) for n in range(40)]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.headers["Retry-After"] for answer in refused} == {"60"}


def failures(client, path, keys):
    asked = itertools.product(keys, ODD)
    statuses = {(key, value): client.get(path, {key: value}).status_code for key, value in asked}
    return {pair: status for pair, status in statuses.items() if status >= 500}


@pytest.mark.parametrize("name", PAGES)
def test_odd_query_strings_break_no_page(client_of, owner, name):
    client = client_of(owner)
    client.raise_request_exception = False
    path = in_account(client, reverse(name))

    assert failures(client, path, OURS) == {}


@pytest.fixture
def superuser():
    client = Client(raise_request_exception=False)
    user = User.objects.create_superuser("root@planradar.example", name="Root")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)
def test_odd_query_strings_break_no_list_of_the_administration(superuser, owner, model):
    options = model._meta
    path = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    filters = [name for name in admin.site._registry[model].list_filter if isinstance(name, str)]
    keys = [*OF_ADMIN, *filters, *(f"{name}__{how}" for name in filters for how in ("exact", "in"))]

    statuses = {
        (key, value): superuser.get(path, {key: value}).status_code for key, value in itertools.product(keys, ODD)
    }
    assert {asked: status for asked, status in statuses.items() if status >= 500} == {}
    assert superuser.get(path).status_code in (200, 403)


@pytest.mark.parametrize("pk", ["\0", "9" * 20])
@pytest.mark.parametrize("page", ["change", "history", "delete"])
@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)
def test_odd_keys_break_no_page_of_the_administration(superuser, model, page, pk):
    options = model._meta
    path = reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=[pk])

    assert superuser.get(path).status_code < 500

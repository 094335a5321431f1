"""What the API answers where something is wrong: always JSON, always the right status."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError

from accounts.models import Account
from tickets.models import Ticket
from tokens import lookup, token_format
from tokens.models import PersonalAccessToken

NOWHERE = "35b03889-e759-4ded-b848-24337eea10d2"
INVENTED = f"prpat_{'0' * 40}"
UNKNOWN = INVENTED + token_format.checksum(INVENTED)  # well formed, and nobody's


def problem(answer):
    """The status of a problem, once it is sure to be one."""
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == answer.status_code
    assert body["detail"]
    return answer.status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-PlanRadar-API-Key": ""},
        {"X-PlanRadar-API-Key": "nonsense"},
        {"X-PlanRadar-API-Key": "prpat_" + "0" * 46},
        {"X-PlanRadar-API-Key": UNKNOWN},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {UNKNOWN}"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
    ],
)
def test_401_never_tells_why(client, account, headers):
    answer = client.get(f"/api/v1/{account.pk}/projects", headers=headers)

    assert problem(answer) == 401
    assert answer.content == client.get(f"/api/v1/{account.pk}/projects").content
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="PlanRadar API"'


def test_bearer_works_too(client, account, api_user, token_of):
    headers = {"Authorization": f"Bearer {token_of(api_user)}"}

    assert client.get(f"/api/v1/{account.pk}/projects", headers=headers).status_code == 200


def test_taken_api_access_ends_at_the_next_request(api, api_user):
    before = api.get("v1/~/projects").status_code
    api_user.has_api_access = False
    api_user.save()

    assert (before, api.get("v1/~/projects").status_code) == (200, 401)


def test_session_opens_nothing(client_of, owner):
    assert client_of(owner).get(f"/api/v1/{owner.account_id}/projects").status_code == 401


@pytest.mark.parametrize("customer", ["0", "x", "999999", "%00", "1e1", "-1", "٣"])
def test_other_customers_do_not_exist(api, customer):
    assert problem(api.get(f"v1/{customer}/projects")) == 404


def test_other_accounts_do_not_exist(api, stranger):
    assert problem(api.get(f"v1/{stranger.account_id}/projects")) == 404


@pytest.mark.parametrize("key", ["x", "999999", "-1", "1.0", "%00", "9" * 40, "٣", "1%20", "%2e%2e"])
def test_projects_that_are_not_there(api, key):
    assert problem(api.get(f"v1/~/projects/{key}")) == 404
    assert problem(api.get(f"v2/~/projects/{key}/tickets")) == 404
    assert problem(api.get(f"v2/~/projects/{key}/tickets/{NOWHERE}")) == 404
    assert problem(api.post(f"v2/~/projects/{key}/tickets", {})) == 404


@pytest.mark.parametrize("key", [NOWHERE, "x", "%00", "1", "٣" * 32])
def test_tickets_that_are_not_there(api, tickets, key):
    at = f"{tickets}/{key}"

    assert problem(api.get(at)) == 404
    assert problem(api.put(at, {})) == 404
    assert problem(api.delete(at)) == 404
    assert problem(api.post(f"{at}/comment", {"comment": "x"})) == 404
    assert problem(api.get(f"{at}/journals")) == 404
    assert problem(api.get(f"{at}/attachments")) == 404
    assert problem(api.post(f"{at}/attachments", {"attachment": "JVBERi0x"})) == 404
    assert problem(api.get(f"{at}/attachments/{NOWHERE}")) == 404


def test_foreign_ticket_does_not_exist(api, stranger, tickets):
    foreign = stranger.account.projects.create(name="x").tickets.create(subject="x")

    assert problem(api.get(f"{tickets}/{foreign.uuid}")) == 404
    assert problem(api.get(f"v2/~/projects/{foreign.project_id}/tickets/{foreign.uuid}")) == 404
    assert problem(api.get(f"v2/~/projects/0/tickets/{foreign.uuid}")) == 404
    assert problem(api.put(f"v2/~/projects/{foreign.project_id}/tickets/{foreign.uuid}", {"subject": "y"})) == 404


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"x",
        b'{"data": ',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 30 + b"]" * 30,
        b"NaN",
        b'{"data": {"attributes": {"plan-x": NaN}}}',
        b'{"data": {"attributes": {"plan-x": Infinity}}}',
        b'{"data": {"attributes": {"plan-x": 1e999}}}',
        b'{"data": {"attributes": {"progress": 1' + b"0" * 5000 + b"}}}",
        b'{"data": {"attributes": {"typed-values": {"a": 1' + b"0" * 30 + b"}}}}",
        b'{"data": {"attributes": {"subject": "a\\u0000b"}}}',
        b'{"data": {"attributes": {"subject": "\\ud800"}}}',
        b'{"data": {"attributes": {"typed-values": {"\\u0000": 1}}}}',
        b'{"data": {"attributes": {"typed-values": {"a": ["\\udfff"]}}}}',
    ],
)
def test_unreadable_body_is_a_400(api, tickets, content):
    assert problem(api("POST", tickets, content=content)) == 400
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/xml"])
def test_other_content_types_are_a_415(api, tickets, content_type):
    assert problem(api.post(tickets, {"subject": "x"}, content_type=content_type)) == 415


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/vnd.api+json"])
def test_content_types_of_json(api, tickets, content_type):
    assert api.post(tickets, {"subject": "x"}, content_type=content_type).status_code == 201


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("text/html", 406),
        ("image/*", 406),
        ("*/*", 200),
        ("application/vnd.api+json", 200),
        ("application/*", 200),
        ("text/html, application/json;q=0.1", 200),
    ],
)
def test_accept_that_excludes_json_is_a_406(api, accept, status):
    assert api.get("v1/~/projects", headers={"Accept": accept}).status_code == status


def test_406_writes_nothing(api, tickets):
    assert problem(api.post(tickets, {"subject": "x"}, headers={"Accept": "text/html"})) == 406
    assert not Ticket.objects.exists()


def test_unknown_method_is_a_405(api):
    answer = api("PATCH", "v1/~/projects")

    assert problem(answer) == 405
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "POST"]


@pytest.mark.parametrize("address", ["v1/~/nothing", "v3/~/projects", "nothing", "v2/~", "v1/"])
def test_unknown_address_is_a_404(api, address):
    assert problem(api.get(address)) == 404


@pytest.mark.parametrize("query", ["", "?page=x"])
def test_every_answer_tells_the_standing(api, query):
    Account.objects.update(api_rate_limit=7)
    answer = api.get(f"v1/~/projects{query}")

    assert answer.headers["RateLimit-Policy"] == '"account";q=7;w=60'
    assert answer.headers["X-RateLimit-Limit"] == "7"
    assert answer.headers["X-RateLimit-Remaining"] == "6"


def test_used_up_limit_is_a_429(api):
    Account.objects.update(api_rate_limit=2)
    answers = [api.get("v1/~/projects") for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert problem(answers[2]) == 429
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].headers["X-RateLimit-Remaining"] == "0"


def test_dead_database_is_a_503(api, monkeypatch):
    def fail(*args):
        raise OperationalError

    monkeypatch.setattr(lookup.Lookup, "find", fail)

    assert problem(api.get("v1/~/projects")) == 503


def test_what_nobody_foresaw_is_a_500_without_details(api, monkeypatch, caplog):
    def fail(*args):
        raise RuntimeError("inner secret")

    monkeypatch.setattr(PersonalAccessToken, "mark_used", fail)
    answer = api.get("v1/~/projects")

    assert problem(answer) == 500
    assert b"inner" not in answer.content
    assert "RuntimeError: inner secret" in caplog.text


def test_answers_speak_the_language_of_the_request(api):
    answer = api.get("v1/~/projects/x", headers={"Accept-Language": "de"})

    assert answer.headers["Content-Language"] == "de"


def test_published_operations_are_all_served(api, project, owner):
    """Every path and method of the published description, with and without a last slash."""
    ticket = api.post(f"v1/~/projects/{project.pk}/tickets", {"subject": "x"}).json()["data"]["id"]
    project_at, ticket_at = f"projects/{project.pk}", f"projects/{project.pk}/tickets/{ticket}"
    served = {
        "v1": [
            *("GET projects", "POST projects", f"GET {project_at}", f"PUT {project_at}"),
            *(f"PUT {project_at}/archive_project", f"GET {project_at}/tickets/", f"POST {project_at}/tickets/"),
            *(f"GET {ticket_at}", f"PUT {ticket_at}", f"POST {ticket_at}/comment"),
            *("GET users", f"GET users/{owner.user_id}"),
        ],
        "v2": [
            *("GET projects", "GET projects/my_projects", f"GET {project_at}/tickets", f"POST {project_at}/tickets"),
            *(f"GET {ticket_at}", f"PUT {ticket_at}", f"POST {ticket_at}/comment", f"GET {ticket_at}/journals"),
            *(f"GET {ticket_at}/attachments", f"POST {ticket_at}/attachments"),
        ],
    }
    for version, operations in served.items():
        for method, address in (operation.split() for operation in operations):
            for end in ("", "/"):
                answer = api(method, f"{version}/~/{address.rstrip('/')}{end}", {} if method != "GET" else None)
                expected = 200 if method == "GET" else 422
                assert (answer.status_code, address) == (expected, address), json.dumps(answer.json())

"""How clients of the real service ask, and what they look for in answers."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import faults
from tickets.models import Journal, Ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_media_type_of_json_api_is_taken_and_given(api, method):
    body = {"data": {"attributes": {"name": "A"}}} if method == "POST" else None
    media = "application/vnd.api+json"
    answer = api(method, "v1/~/projects", body, content_type=media, headers={"Accept": media})

    assert (answer.status_code < 300, answer.headers["Content-Type"]) == (True, media)


@pytest.mark.parametrize("name", ["pagesize", "page_size", "per_page"])
def test_page_size_goes_by_three_names(api, tickets, name):
    for _time in range(3):
        api.post(tickets, {})
    answer = api.get(f"{tickets}?{name}=2").json()

    assert (len(answer["data"]), answer["meta"]) == (2, {"count": 3, "page": 1, "pagesize": 2})


@pytest.mark.parametrize("address", ["v2/~/projects", "v2/~/projects/0/tickets", "v1/~/users"])
def test_size_beyond_the_most_is_cut_and_told(api, address):
    assert api.get(f"{address}?per_page=100000").json()["meta"]["pagesize"] == 500


@pytest.mark.parametrize("path", ["/api/v2//{c}///projects", "/api//v2/{c}/projects//", "/api/v2/{c}/projects/"])
def test_slashes_too_many_are_one(api, client, path):
    headers = {"X-PlanRadar-API-Key": api.secret}

    assert client.get(path.format(c=api.account.pk), headers=headers).status_code == 200


def test_openapi_document_takes_a_last_slash(client, api):
    assert client.get("/api/openapi.json/", headers={"X-PlanRadar-API-Key": api.secret}).status_code == 200


def test_notes_of_an_update_are_a_comment(api, tickets):
    at = f"{tickets}/{api.post(tickets, {}).json()['data']['id']}"
    answer = api.put(at, {"subject": "New", "notes": " Seen on site "})

    assert answer.status_code == 200
    assert Journal.objects.get(kind=Journal.Kind.COMMENT).comment == "Seen on site"


def test_notes_that_are_refused_change_nothing(api, tickets):
    at = f"{tickets}/{api.post(tickets, {'subject': 'Old'}).json()['data']['id']}"
    answer = api.put(at, {"subject": "New", "notes": "x" * 10_001})

    assert (answer.status_code, faults(answer), Ticket.objects.get().subject) == (422, ["notes"], "Old")


@pytest.mark.parametrize("query", ["projects/0/tickets?apply_filter=7", "projects?load_template=true"])
def test_parameter_that_would_be_ignored_is_refused(api, query):
    assert api.get(f"v2/~/{query}").status_code == 422


def test_parameter_that_changes_nothing_is_taken(api):
    assert api.get("v2/~/projects?load_template=false").status_code == 200


def test_problem_has_the_members_that_clients_look_for(api, tickets):
    body = api.post(tickets, {"status-id": 9, "subscribers": [1, "x"]}).json()

    assert body["message"] == body["detail"] == "Some attributes are not valid."
    assert body["errors"] == [
        {"pointer": "/data/attributes/status-id", "detail": "This number is too large."},
        {"pointer": "/data/attributes/subscribers/1", "detail": "This must be a whole number."},
    ]


def test_problem_without_a_place_has_one_fault(api):
    body = api.get("v1/~/projects/x").json()

    assert body["errors"] == [{"detail": "There is no such project."}]


def test_fault_in_the_address_names_the_parameter(api):
    assert api.get("v1/~/projects?page=x").json()["errors"][0]["parameter"] == "page"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"data": {"attributes": {"subject": "' + b"x" * 2**20 + b'"}}}', 413),
        (b"[" + b"[]," * 60_000 + b"[]]", 400),
        (b'{"a": "' + b"[{," * 60_000 + b'"}', 422),
        (json.dumps({"a": 1}).encode("utf-16"), 400),
    ],
)
def test_body_is_bounded_before_it_becomes_objects(api, tickets, content, status):
    assert api("POST", tickets, content=content).status_code == status


def test_charset_other_than_utf_8_is_a_415(api, tickets):
    assert api.post(tickets, {}, content_type="application/json; charset=latin-1").status_code == 415


def test_body_without_a_length_is_a_411(api, client, tickets):
    extra = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "HTTP_X_PLANRADAR_API_KEY": api.secret}
    answer = client.post(f"/api/v2/{api.account.pk}/projects", b"{}", content_type="application/json", **extra)

    assert answer.status_code == 411


def test_large_body_without_a_key_is_not_read(client, account):
    answer = client.post(f"/api/v1/{account.pk}/projects", b" " * 20_000, content_type="application/json")

    assert answer.status_code == 413

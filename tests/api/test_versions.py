"""`ETag`, `If-Match`, `If-None-Match`: nobody overwrites what somebody else wrote."""

from __future__ import annotations

import pytest

from tickets.models import ProjectTicketType, Ticket, TicketType
from tickets.services.forms import create_list

from .conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(api, tickets):
    return f"{tickets}/{api.post(tickets, {'subject': 'x'}).json()['data']['id']}"


def test_known_version_is_not_sent_again(api, at):
    tag = api.get(at).headers["ETag"]
    answer = api.get(at, headers={"If-None-Match": f"W/{tag}"})

    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert "X-RateLimit-Limit" in answer.headers


def test_changed_version_is_sent(api, at):
    tag = api.get(at).headers["ETag"]
    api.put(at, {"subject": "y"})

    assert api.get(at, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_update_of_another_version_is_a_412(api, at, method):
    tag = api.get(at).headers["ETag"]
    api.put(at, {"subject": "y"})
    answer = api(method, at, {"data": {"attributes": {"subject": "z"}}}, headers={"If-Match": tag})

    assert (answer.status_code, Ticket.objects.get().subject) == (412, "y")


@pytest.mark.parametrize("mark", ["{}", "W/{}", '"x", {}', "*"])
def test_update_of_this_version_is_taken(api, at, mark):
    tag = api.get(at).headers["ETag"]
    body = {"data": {"attributes": {"subject": "z"}}}

    assert api("PUT", at, body, headers={"If-Match": mark.format(tag)}).status_code == 200


def test_answer_of_an_update_has_the_next_version(api, at):
    assert api.put(at, {"subject": "y"}).headers["ETag"] == api.get(at).headers["ETag"]


@pytest.mark.parametrize("address", ["v1/~/projects/{}", "v1/~/users/{}"])
def test_single_reads_have_a_version(api, project, owner, address):
    pk = project.pk if "projects" in address else owner.user_id

    assert api.get(address.format(pk)).headers["ETag"].startswith('"')


CHANGES = {
    "v1/~/projects/{project}": {"name": "Bridge"},
    "v1/~/projects/{project}/archive_project": {"status": 9},
    "v1/~/users/{user}": {"firstname": "Mia", "lastname": "Other"},
    "v1/~/ticket_types/{form}": {"name": "Defects"},
    "v1/~/projects/{project}/ticket_types_project/{link}": {"required-fields": []},
    "v1/~/projects/{project}/components/{layer}": {"name": "Roof"},
    "v1/~/lists/{list}": {"name": "Trades"},
}


@pytest.fixture
def by_owner(client, owner, token_of):
    """Who may change everything, users included."""
    return Caller(client, owner.account, token_of(owner))


@pytest.fixture
def made(project, member):
    account = project.account
    rows = {
        "form": TicketType.objects.of(account).first(),
        "link": ProjectTicketType.objects.filter(project=project).first(),
        "layer": project.layers.first(),
        "list": create_list(account=account, name="Kinds", entries=[]),
    }
    return {name: row.pk for name, row in rows.items()} | {"project": project.pk, "user": member.user_id}


@pytest.mark.parametrize("address", CHANGES)
def test_change_of_another_version_is_refused_whatever_it_is_of(by_owner, made, address):
    at, body = address.format(**made), {"data": {"attributes": CHANGES[address]}}
    tag = by_owner.get(at.removesuffix("/archive_project")).headers["ETag"]
    answers = [by_owner("PUT", at, body, headers={"If-Match": mark}).status_code for mark in ('"other"', tag, tag)]

    assert answers == [412, 200, 412]


@pytest.mark.parametrize("address", [each for each in CHANGES if "archive" not in each and each[-8:] != "project}"])
def test_deletion_of_another_version_is_refused(by_owner, made, address):
    at = address.format(**made)
    tag = by_owner.get(at).headers["ETag"]
    answers = [by_owner("DELETE", at, headers={"If-Match": mark}).status_code for mark in ('"other"', tag)]

    assert answers == [412, 204]


@pytest.mark.parametrize("address", [each for each in CHANGES if "archive" not in each])
def test_version_of_an_answer_to_a_change_is_that_of_the_next_read(by_owner, made, address):
    at, body = address.format(**made), {"data": {"attributes": CHANGES[address]}}

    assert by_owner.put(at, CHANGES[address]).headers["ETag"] == by_owner.get(at).headers["ETag"], body


def test_description_says_where_a_version_can_be_asked_for(by_owner):
    paths = by_owner.client.get("/api/openapi.json", headers={"X-PlanRadar-API-Key": by_owner.secret}).json()["paths"]
    may_fail = {
        f"{method} {path.rsplit('/', 2)[1]}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "412" in operation["responses"]
    }
    kinds = {"projects", "users", "ticket_types", "ticket_types_project", "components", "lists", "tickets", "webhooks"}

    assert {f"put {kind}" for kind in kinds} - may_fail == set()

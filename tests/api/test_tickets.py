from __future__ import annotations

import json
import uuid

import pytest

from tests.api.conftest import faults
from tickets.api import serializers
from tickets.models import Journal, Ticket
from webhooks.models import Event

GIVEN = {
    "subject": "Crack",
    "status-id": "ol",
    "priority-id": "ma",
    "progress": 40,
    "due-date": "2026-12-01",
    "extension-date": "2026-12-05",
    "plan-x": 0.25,
    "plan-y": 0.5,
}


@pytest.fixture
def made(api, tickets):
    return api.post(tickets, {"subject": "Crack"}).json()["data"]


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_ticket_is_created_read_updated_and_deleted(api, project, version):
    at = f"{version}/~/projects/{project.pk}/tickets"
    made = api.post(at, GIVEN)
    address = f"{at}/{made.json()['data']['id']}"
    assert made.status_code == 201

    assert api.get(address).json() == made.json()
    assert api.put(address, {"status-id": 3}).json()["data"]["attributes"]["status-id"] == "ma"
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_ticket_keeps_what_is_given(api, tickets, api_user):
    key = str(uuid.uuid4())
    data = api.post(tickets, GIVEN | {"uuid": key}).json()["data"]

    assert (data["id"], data["type"], data["attributes"]["uuid"]) == (key, "tickets", key)
    assert {name: data["attributes"][name] for name in GIVEN} == GIVEN
    assert data["attributes"]["author-id"] == str(api_user.user_id)


def test_answer_is_what_the_event_carries(api, tickets):
    data = api.post(tickets, GIVEN).json()["data"]
    event = json.loads(Event.objects.get().body)

    assert event["data"] == data == serializers.ticket(Ticket.objects.with_relations().get())
    assert event["actor"]["via"] == "token"


def test_names_with_underscores_are_the_same(api, tickets):
    data = api.post(tickets, {"subject": "x", "status_id": "3", "due_date": "2026-12-01T10:00:00Z"}).json()["data"]

    assert (data["attributes"]["status-id"], data["attributes"]["due-date"]) == ("ma", "2026-12-01")


def test_unknown_attributes_are_ignored(api, tickets):
    assert api.post(tickets, {"subject": "x", "customer-id": "ymjxnx", "meta-options": {}}).status_code == 201


def test_without_subject_the_ticket_gets_a_title(api, tickets):
    assert api.post(tickets, {"subject": "  "}).json()["data"]["attributes"]["subject"] == "New ticket"


def test_null_empties_what_may_be_empty(api, tickets):
    made = api.post(tickets, GIVEN).json()["data"]
    names = ["due-date", "extension-date", "plan-x", "plan-y", "assigned-to-id", "parent-id", "closed-at"]
    emptied = api.put(f"{tickets}/{made['id']}", dict.fromkeys(names)).json()["data"]["attributes"]

    assert [emptied[name] for name in names] == [None] * len(names)


@pytest.mark.parametrize("code", ["ma", 3, "3", 3.0])
def test_status_may_be_a_number_or_its_short_name(api, tickets, code):
    assert api.post(tickets, {"status-id": code}).json()["data"]["attributes"]["status-id"] == "ma"


def test_assignee_may_be_an_id_or_an_object(api, tickets, member):
    for given in (member.user_id, str(member.user_id), {"id": member.user_id, "type": "User"}):
        data = api.post(tickets, {"assigned-to-id": given}).json()["data"]
        assert data["attributes"]["assigned-to-id"] == str(member.user_id)


def test_used_uuid_is_a_conflict(api, tickets, made):
    answer = api.post(tickets, {"subject": "Again", "uuid": made["id"]})

    assert (answer.status_code, answer.json()["errors"]) == (
        409,
        [{"pointer": "/data/attributes/uuid", "detail": "It exists already."}],
    )
    assert Ticket.objects.count() == 1
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("status-id", 7),
        ("status-id", 0),
        ("status-id", True),
        ("status-id", "xx"),
        ("status-id", None),
        ("priority-id", 4),
        ("progress", 101),
        ("progress", -1),
        ("progress", 1.5),
        ("progress", 2**62),
        ("subject", 5),
        ("subject", {"a": 1}),
        ("subject", "x" * 251),
        ("due-date", "tomorrow"),
        ("due-date", "2026-13-01"),
        ("due-date", 20261201),
        ("closed-at", "0001-01-01T00:00:00+14:00"),
        ("closed-at", "9999-12-31T23:59:59-14:00"),
        ("assigned-to-id", 2**62),
        ("assigned-to-id", "nobody"),
        ("assigned-to-id", {"id": 1, "type": "DefectradarGroup"}),
        ("assigned-to-id", []),
        ("parent-id", "7"),
        ("parent-id", "35b03889-e759-4ded-b848-24337eea10d2"),
        ("typed-values", []),
        ("typed-values", {"a": "x" * 70_000}),
        ("subscribers", 1),
        ("subscribers", [987654]),
        ("plan-x", "wide"),
        ("ticket-type-id", "x" * 101),
        ("uuid", "x"),
        ("uuid", 5),
    ],
)
def test_wrong_value_is_named_and_nothing_is_written(api, tickets, attribute, value):
    answer = api.post(tickets, {"subject": "x", attribute: value})

    assert answer.status_code == 422, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert faults(answer) == [attribute]
    assert (Ticket.objects.count(), Event.objects.count()) == (0, 0)


def test_extension_must_be_later_than_the_due_date(api, tickets, made):
    answer = api.put(f"{tickets}/{made['id']}", {"due-date": "2026-12-01", "extension-date": "2026-12-01"})

    assert answer.json()["errors"] == [
        {"pointer": "/data/attributes/extension-date", "detail": "It must be later than the due date."}
    ]


@pytest.mark.parametrize("body", [{}, {"data": {}}, {"data": []}, [], "x", 5, None, {"data": {"attributes": []}}])
def test_body_of_another_shape_is_refused(api, tickets, body):
    answer = api("POST", tickets, content=json.dumps(body).encode())

    assert answer.status_code == 422
    assert list(answer.json()["errors"])


def test_update_changes_what_is_given_alone(api, tickets):
    made = api.post(tickets, GIVEN).json()["data"]
    changed = api.put(f"{tickets}/{made['id']}", {"progress": 50}).json()["data"]

    made["attributes"] |= {"progress": 50}
    for name in ("updated-at", "server-updated-at"):
        made["attributes"][name] = changed["attributes"][name]
    assert changed == made
    assert json.loads(Event.objects.latest("pk").body)["changes"] == {"progress": {"from": 40, "to": 50}}


def test_update_that_changes_nothing_tells_nobody(api, tickets):
    made = api.post(tickets, GIVEN).json()["data"]
    again = api.put(f"{tickets}/{made['id']}", GIVEN).json()["data"]

    assert again == made
    assert Event.objects.count() == 1


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_comment_is_added(api, tickets, made, version):
    at = f"{tickets.replace('v2', version)}/{made['id']}/comment"
    answer = api.post(at, {"comment": "Hello World!", "created_on": "2026-01-02T03:04:05Z"})

    assert answer.status_code == 201
    assert answer.json()["data"]["attributes"]["comment"] == "Hello World!"
    assert answer.json()["data"]["attributes"]["created-on"] == "2026-01-02T03:04:05.000Z"
    assert answer.json()["data"] == json.loads(Event.objects.latest("pk").body)["data"]


@pytest.mark.parametrize("given", [{}, {"comment": ""}, {"comment": " "}, {"comment": 5}, {"comment": "x" * 10_001}])
def test_comment_needs_text(api, tickets, made, given):
    answer = api.post(f"{tickets}/{made['id']}/comment", given)

    assert (answer.status_code, faults(answer)) == (422, ["comment"])
    assert not Journal.objects.exists()


def test_journal_lists_what_became_of_the_ticket(api, tickets, made):
    at = f"{tickets}/{made['id']}"
    api.post(f"{at}/comment", {"comment": "Seen."})
    api.put(at, {"status-id": 3})
    found = api.get(f"{at}/journals?sort=-id").json()

    assert [entry["attributes"]["journal-type"] for entry in found["data"]] == [3, 1]
    assert found["data"][0]["attributes"]["changes"] == {"status-id": {"from": "lm", "to": "ma"}}
    assert api.get(f"{at}/journals?filter=1").json()["meta"] == {"count": 1, "page": 1, "pagesize": 100}

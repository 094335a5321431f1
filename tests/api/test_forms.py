"""Forms, their assignment to projects, lists, and what a ticket's typed values may hold."""

from __future__ import annotations

import pytest

from accounts.models import Account, Project
from tickets.models import FieldList, ProjectTicketType, Ticket, TicketType, ValueList

KINDS = ["Float", "Date", "Integer", "LongText", "ShortText", "List", "Subscription", "CheckList", "Boolean", "Time"]
NOWHERE = "987654321"


def pointers(answer):
    assert answer.status_code == 422, answer.content
    return [error["pointer"] for error in answer.json()["errors"]]


@pytest.fixture
def form(api):
    """A form with a field of each type; fields are named after their types."""
    fields = {
        f"client-{kind}": {"name": kind, "type": f"CustomFields::{kind}Type", "order": order}
        for order, kind in enumerate(KINDS)
    }
    return api.post("v1/~/ticket_types", {"name": "Defect", "typed-fields": fields}).json()["data"]


@pytest.fixture
def key(form):
    """The key of a field, by its name."""
    return {field["name"]: key for key, field in form["attributes"]["typed-fields"].items()}


@pytest.fixture
def entries(api, key, form, project):
    """A list of two entries that the form's list field draws from."""
    given = {
        "data": {"attributes": {"name": "Trades"}},
        "included": [
            {"type": "list-entries", "attributes": {"name": name, "order": at}}
            for at, name in enumerate(["Paint", "Roof"])
        ],
    }
    made = api("POST", "v1/~/lists/", given).json()
    draws = {"list-id": made["data"]["id"], "field-name": key["List"], "list-items": []}
    body = {
        "data": {"attributes": {"ticket-type-id": form["id"], "required-fields": []}},
        "included": [{"type": "lists-ticket-types", "attributes": draws}],
    }
    assert api("POST", f"v1/~/projects/{project.pk}/ticket_types_project", body).status_code == 201
    return [entry["id"] for entry in made["included"]]


def test_account_and_project_begin_with_a_form_and_a_layer(api, account, project):
    assert [form.name for form in account.ticket_types.all()] == ["General"]
    assert [link.ticket_type.name for link in project.ticket_type_links.all()] == ["General"]
    assert project.layers.count() == 1


def test_server_names_the_fields(form):
    fields = form["attributes"]["typed-fields"]

    assert all(len(key) == 18 and key.startswith("tf") for key in fields)
    assert sorted(field["type"] for field in fields.values()) == sorted(f"CustomFields::{kind}Type" for kind in KINDS)


def test_form_is_listed_read_changed_and_deleted(api, account, form, key):
    address = f"v1/~/ticket_types/{form['id']}"
    changes = {
        "name": "Snag",
        "typed-fields": {key["Time"]: None, key["Date"]: {"name": "Day"}, "x": {"name": "New", "type": "FloatType"}},
    }
    changed = api.put(address, changes).json()["data"]["attributes"]

    assert changed["name"] == "Snag"
    assert sorted({field["name"] for field in changed["typed-fields"].values()} - {*KINDS}) == ["Day", "New"]
    assert key["Time"] not in changed["typed-fields"]
    assert [row["attributes"]["name"] for row in api.get("v1/~/ticket_types").json()["data"]] == ["General", "Snag"]
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_form_of_tickets_is_not_deleted(api, tickets):
    form = api.post(tickets, {"subject": "x"}).json()["data"]["attributes"]["ticket-type-id"]

    assert api.delete(f"v1/~/ticket_types/{form}").status_code == 409
    assert api.get(f"v1/~/ticket_types/{form}").status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"name": ""},
        {"name": "x" * 201},
        {"name": 5},
        {"name": "x", "typed-fields": []},
        {"name": "x", "typed-fields": {"a": {"name": "A", "type": "CustomFields::NoType"}}},
        {"name": "x", "typed-fields": {"a": {"type": "CustomFields::FloatType"}}},
        {"name": "x", "typed-fields": {"a": {"name": "A"}}},
        {"name": "x", "typed-fields": {"a": 1}},
        {"name": "x", "capabilities": {"has-media": "perhaps"}},
        {"name": "x", "typed-fields": {str(n): {"name": "A", "type": "CustomFields::FloatType"} for n in range(201)}},
    ],
)
def test_bad_form_is_refused(api, account, given):
    assert api.post("v1/~/ticket_types", given).status_code == 422
    assert account.ticket_types.count() == 1


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_form_is_assigned_once(api, project, form, version):
    at = f"{version}/~/projects/{project.pk}/ticket_types_project"
    given = {"ticket-type-id": form["id"], "required-fields": ["Integer", "due-date"]}
    first, second = api.post(at, given), api.post(at, given)
    integer = next(key for key, field in form["attributes"]["typed-fields"].items() if field["name"] == "Integer")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["data"]["id"] == second.json()["data"]["id"]
    assert first.json()["data"]["attributes"]["required-fields"] == [integer, "due-date"]


def test_assignment_is_read_changed_and_taken_back(api, project, form, entries):
    at = f"v1/~/projects/{project.pk}/ticket_types_project"
    link = api.get(at).json()["data"][-1]["id"]
    detail = api.get(f"{at}/{link}").json()
    patched = api("PATCH", f"{at}/{link}", {"data": {"attributes": {"required-fields": ["subject"]}}})

    assert [one["type"] for one in detail["included"]] == ["ticket-types", "lists-ticket-types"]
    assert patched.json()["data"]["attributes"]["required-fields"] == ["subject"]
    assert api.delete(f"{at}/{link}").status_code == 204
    assert api.get(f"{at}/{link}").status_code == 404


@pytest.mark.parametrize("project_id", ["0", None])
def test_forms_of_projects_come_with_the_forms(api, project, form, entries, project_id):
    answer = api.get(f"v2/~/projects/{project_id or project.pk}/ticket_types/ticket_type_project").json()

    assert [row["type"] for row in answer["data"]] == ["ticket-type-projects"] * 2
    assert [row["attributes"]["name"] for row in answer["included"]] == ["General", "Defect"]


def test_lists_of_fields_come_with_their_entries(api, project, key, entries):
    at = f"v2/~/projects/{project.pk}/ticket_types/lists/"
    answer = api.get(at).json()

    assert answer["data"][0]["attributes"]["field-name"] == key["List"]
    assert [row["type"] for row in answer["included"]] == ["lists", "list-entries", "list-entries"]
    assert api.get(f"{at}?disable_relations=true").json()["included"] == []


@pytest.mark.parametrize(
    ("draws", "attribute"),
    [
        ({"list-id": NOWHERE, "field-name": "List"}, "list-id"),
        ({"field-name": "List"}, "list-id"),
        ({"list-id": "own", "field-name": "Float"}, "field-name"),
        ({"list-id": "own", "field-name": "Nothing"}, "field-name"),
        ({"list-id": "own", "field-name": "List", "list-items": [NOWHERE]}, "list-items"),
        ({"list-id": "foreign", "field-name": "List"}, "list-id"),
    ],
)
def test_bad_list_of_a_field_is_refused(api, account, stranger, project, form, draws, attribute):
    lists = {"own": account, "foreign": stranger.account}
    lists = {name: str(ValueList.objects.create(account=owner, name="x").pk) for name, owner in lists.items()}
    draws |= {"list-id": lists.get(draws.get("list-id"), draws.get("list-id", ""))}
    body = {"data": {"attributes": {"ticket-type-id": form["id"]}}, "included": [{"attributes": draws}]}
    answer = api("POST", f"v1/~/projects/{project.pk}/ticket_types_project", body)

    assert pointers(answer)[0].endswith(f"included/0/{attribute}")
    assert (ProjectTicketType.objects.filter(project=project).count(), FieldList.objects.count()) == (1, 0)


GOOD = {
    "Float": [1.5, 2, -1],
    "Date": ["2026-12-01"],
    "Integer": [3, -4],
    "LongText": ["long " * 100],
    "ShortText": ["short"],
    "CheckList": [["swept", {"name": "dry", "checked": True}]],
    "Boolean": [True, False],
    "Time": ["16:30", "16:30:10"],
}
BAD = {
    "Float": ["1.5", True, [1], {"a": 1}],
    "Date": ["tomorrow", 20261201, "2026-13-01"],
    "Integer": [1.5, "3", True, 2**60],
    "LongText": [5, "x" * 10_001, ["x"]],
    "ShortText": [5, "x" * 501],
    "List": [NOWHERE, ["a", "b"], {"id": 1}, "x"],
    "Subscription": [NOWHERE, ["x"], 5.5],
    "CheckList": ["swept", [5], {"name": "x"}],
    "Boolean": ["true", 1, 0],
    "Time": ["25:00", 16, "noon"],
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in GOOD.items() for value in values])
def test_values_of_fields_are_kept(api, tickets, form, entries, key, kind, value):
    given = {"ticket-type-id": form["id"], "typed-values": {key[kind]: value}}
    answer = api.post(tickets, given)

    assert answer.status_code == 201, answer.content
    assert answer.json()["data"]["attributes"]["typed-values"] == {key[kind]: value}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in BAD.items() for value in values])
def test_wrong_value_of_a_field_is_named(api, tickets, form, entries, key, kind, value):
    answer = api.post(tickets, {"ticket-type-id": form["id"], "typed-values": {key[kind]: value}})

    assert pointers(answer) == [f"/data/attributes/typed-values/{key[kind]}"]
    assert not Ticket.objects.exists()


def test_list_entry_and_user_are_values(api, tickets, form, entries, key, member):
    values = {key["List"]: int(entries[0]), key["Subscription"]: [member.user_id]}
    data = api.post(tickets, {"ticket-type-id": form["id"], "typed-values": values}).json()["data"]

    kept = {key["List"]: entries[0], key["Subscription"]: [str(member.user_id)]}
    assert data["attributes"]["typed-values"] == kept


def test_list_entry_of_another_account_is_refused(api, stranger, tickets, form, entries, key):
    foreign = ValueList.objects.create(account=stranger.account, name="x").entries.create(name="y")
    answer = api.post(tickets, {"ticket-type-id": form["id"], "typed-values": {key["List"]: foreign.pk}})

    assert pointers(answer) == [f"/data/attributes/typed-values/{key['List']}"]


def test_unknown_field_is_named(api, tickets, form, entries):
    answer = api.post(tickets, {"ticket-type-id": form["id"], "typed-values": {"tf0": 1}})

    assert pointers(answer) == ["/data/attributes/typed-values/tf0"]


def test_missing_required_fields_are_named(api, project, tickets, form, key):
    given = {"ticket-type-id": form["id"], "required-fields": [key["Float"], "due-date"]}
    api.post(f"v1/~/projects/{project.pk}/ticket_types_project", given)

    missing = ["/data/attributes/due-date", f"/data/attributes/typed-values/{key['Float']}"]
    assert sorted(pointers(api.post(tickets, {"ticket-type-id": form["id"]}))) == missing
    assert not Ticket.objects.exists()


def test_values_are_merged_and_emptied(api, tickets, form, entries, key):
    values = {key["Float"]: 1.5, key["ShortText"]: "a"}
    made = api.post(tickets, {"ticket-type-id": form["id"], "typed-values": values}).json()["data"]
    changed = api.put(f"{tickets}/{made['id']}", {"typed-values": {key["ShortText"]: None, key["Integer"]: 2}})

    assert changed.json()["data"]["attributes"]["typed-values"] == {key["Float"]: 1.5, key["Integer"]: 2}


def test_what_was_stored_before_the_form_stays(api, project, tickets):
    old = Ticket.objects.create(project=project, subject="old", typed_values={"own": "kept"})
    answer = api.put(f"{tickets}/{old.uuid}", {"typed-values": {"own": "kept"}, "progress": 5})

    assert answer.json()["data"]["attributes"]["typed-values"] == {"own": "kept"}


@pytest.mark.parametrize("code", ["1", 1, "lm"])
def test_one_stands_for_the_first_form_and_layer(api, project, tickets, code):
    Account.objects.create(name="Other")  # so that its form and layer are not the first of all
    data = api.post(tickets, {"ticket-type-id": code, "component-id": code}).json()["data"]["attributes"]

    assert data["ticket-type-id"] == str(project.ticket_type_links.get().ticket_type_id)
    assert data["component-id"] == str(project.layers.get().pk)


def test_id_of_the_assignment_names_the_form_too(api, project, tickets, form):
    ProjectTicketType.objects.create(pk=5000, project=project, ticket_type_id=form["id"])
    data = api.post(tickets, {"ticket-type-id": "5000"}).json()["data"]

    assert data["attributes"]["ticket-type-id"] == form["id"]


@pytest.mark.parametrize("attribute", ["ticket-type-id", "component-id"])
@pytest.mark.parametrize("code", [NOWHERE, "obk", "-1", "9" * 40, "not assigned"])
def test_form_and_layer_must_be_those_of_the_project(api, account, tickets, form, attribute, code):
    other = Project.objects.create(account=account, name="Bridge")
    foreign = {"ticket-type-id": form["id"], "component-id": str(other.layers.get().pk)}
    answer = api.post(tickets, {attribute: foreign[attribute] if code == "not assigned" else code})

    assert pointers(answer) == [f"/data/attributes/{attribute}"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_list_is_changed_by_the_uuids_of_its_entries(api, method):
    given = {"data": {"attributes": {"name": "A"}}, "included": [{"name": "x", "order": 2}, {"name": "y", "order": 1}]}
    made = api("POST", "v1/~/lists", given).json()
    at, first = f"v1/~/lists/{made['data']['id']}", made["included"][0]["attributes"]
    changes = {"uuid": first["uuid"], "name": "z", "parent_id": first["id"]}
    body = {"data": {"attributes": {"name": "B"}}, "included": [{"name": "v", "parent_id": first["id"]}]}
    changed = api(method, at, body).json()

    assert [entry["attributes"]["name"] for entry in made["included"]] == ["y", "x"]
    assert changed["data"]["attributes"]["is-hierarchy"] is True
    assert pointers(api(method, at, body | {"included": [changes]}))[0].endswith("included/0/parent-id")
    assert api.delete(at).status_code == 204


def test_lists_of_a_project_are_those_its_forms_draw_from(api, account, project, entries):
    ValueList.objects.create(account=account, name="unused")

    names = [row["attributes"]["name"] for row in api.get(f"v1/~/projects/{project.pk}/lists").json()["data"]]
    assert names == ["Trades"]
    assert api.get("v1/~/lists/").json()["meta"]["count"] == 2


def test_forms_and_lists_of_others_do_not_exist(api, stranger):
    form = TicketType.objects.get(account=stranger.account)
    foreign = ValueList.objects.create(account=stranger.account, name="x")

    assert api.get(f"v1/~/ticket_types/{form.pk}").status_code == 404
    assert api.put(f"v1/~/ticket_types/{form.pk}", {"name": "y"}).status_code == 404
    assert api.get(f"v1/~/lists/{foreign.pk}").status_code == 404

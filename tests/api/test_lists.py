from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Project
from tests.api.conftest import faults
from tickets.api import pagination
from tickets.models import Ticket


@pytest.fixture
def filled(project, api_user):
    """Tickets A to E, of status 1 to 5."""
    return [
        Ticket.objects.create(project=project, subject=subject, status_id=number, author=api_user.user)
        for number, subject in enumerate("ABCDE", start=1)
    ]


def subjects(answer):
    assert answer.status_code == 200, answer.content
    return "".join(row["attributes"]["subject"] for row in answer.json()["data"])


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("end", ["", "/"])
def test_list_has_data_and_meta(api, project, filled, version, end):
    answer = api.get(f"{version}/~/projects/{project.pk}/tickets{end}")

    assert subjects(answer) == "ABCDE"
    assert answer.json()["meta"] == {"count": 5, "page": 1, "pagesize": 100}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("pagesize=2", "AB"),
        ("pagesize=2&page=3", "E"),
        ("page=1000000000", ""),
        ("pagesize=500", "ABCDE"),
        ("sort=-id", "EDCBA"),
        ("sort=-status_id", "EDCBA"),
        ("sort=-status-id", "EDCBA"),
        ("sort=subject", "ABCDE"),
        ("search=c", "C"),
        ("search=%25", ""),
        ("filter[status_id]=1", "A"),
        ("filter[status-id]=ma", "C"),
        ("filter[status_id]=2&filter[priority_id]=2", "B"),
        ("filter[status_id]=2&filter[priority_id]=3", ""),
        ("filter[status_id][][predicate]=in&filter[status_id][][value][]=1&filter[status_id][][value][]=2", "AB"),
        ("filter[status_id][][predicate]=not_in&filter[status_id][][value][]=1", "BCDE"),
        ("filter[status_id][][predicate]=ge&filter[status_id][][value][]=4", "DE"),
        ("filter[status_id][][predicate]=between&filter[status_id][][value][]=2&filter[status_id][][value][]=3", "BC"),
        ("filter[subject][][predicate]=like&filter[subject][][value][]=d", "D"),
        ("filter[subject][][predicate]=not_like&filter[subject][][value][]=d", "ABCE"),
        ("filter[due_date][][predicate]=has_not", "ABCDE"),
        ("filter[created_at][][predicate]=le&filter[created_at][][value][]=2001-01-01", ""),
        ("last_sync_date=0", "ABCDE"),
        ("last_sync_date=4000000000", ""),
        ("unknown=1&filter[status_id]=", "ABCDE"),
    ],
)
def test_list_is_cut_ordered_and_filtered(api, tickets, filled, query, expected):
    assert subjects(api.get(f"{tickets}?{query}")) == expected


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "page=",
        "page=1e3",
        "page=99999999999999999999",
        "pagesize=0",
        "pagesize=x",
        "sort=nothing",
        "sort=--id",
        "sort=project__account__name",
        "search=%00",
        "last_sync_date=x",
        "last_sync_date=1e300",
        "last_sync_date=nan",
        "last_sync_date=-1",
        "filter[status_id]=x",
        "filter[status_id]=99999999999999999999",
        "filter[author__password]=1",
        "filter[]=1",
        "filter[subject]=%00",
        "filter[created_at]=0001-01-01",
        "filter[status_id][][predicate]=like&filter[status_id][][value][]=1",
        "filter[status_id][][predicate]=drop&filter[status_id][][value][]=1",
        "filter[status_id][][predicate]=between&filter[status_id][][value][]=1",
        "filter[status_id][x]=1",
    ],
)
def test_bad_parameter_is_a_400(api, tickets, filled, query):
    answer = api.get(f"{tickets}?{query}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json"), answer.content


def test_project_0_means_all_projects(api, account, filled, stranger):
    other = Project.objects.create(account=account, name="Bridge")
    Ticket.objects.create(project=other, subject="F")
    foreign = Project.objects.create(account=stranger.account, name="Foreign")
    Ticket.objects.create(project=foreign, subject="G")

    assert subjects(api.get("v2/~/projects/0/tickets")) == "ABCDEF"
    assert api.post("v2/~/projects/0/tickets", {"subject": "x"}).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_list_takes_a_fixed_number_of_queries(api, project, tickets, number, django_assert_num_queries):
    parent = Ticket.objects.create(project=project, subject="P")
    Ticket.objects.bulk_create(Ticket(project=project, subject="x", parent=parent) for _time in range(number))
    api.get(tickets)  # the first use of a token is noted down

    with django_assert_num_queries(6):  # token, project, tickets, children, attachments, count
        assert api.get(tickets).json()["meta"]["count"] == number + 1


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_projects_are_listed(api, account, project, version):
    Project.objects.create(account=account, name="Bridge")
    answer = api.get(f"{version}/~/projects?sort=-name&pagesize=1")

    assert [row["attributes"]["name"] for row in answer.json()["data"]] == ["Tower"]
    assert answer.json()["meta"] == {"count": 2, "page": 1, "pagesize": 1}


def test_archived_projects_are_listed_when_asked(api, project, api_user):
    api.put(f"v1/~/projects/{project.pk}/archive_project", {"status": 9})

    counts = [
        api.get(f"v2/~/projects{query}").json()["meta"]["count"]
        for query in ("", "?include_archived=true", "?include_archived=false", "?include_archived", "?load_all=1")
    ]
    assert counts == [0, 1, 0, 1, 0]
    assert api.get("v2/~/projects/my_projects").json()["meta"]["count"] == 1


def test_project_is_created_read_updated_and_archived(api):
    given = {"name": "Tower", "projectnumber": 52512510244225, "drstart-date": "2022-02-23T10:02:25.000Z"}
    made = api.post("v1/~/projects", given).json()["data"]
    at = f"v1/~/projects/{made['id']}"

    assert made["attributes"]["projectnumber"] == "52512510244225"
    assert made["attributes"]["drstart-date"] == given["drstart-date"]
    assert api.get(at).json()["data"] == made
    assert api.put(at, {"city": "Wien"}).json()["data"]["attributes"]["city"] == "Wien"
    assert api.put(f"{at}/archive_project", {"status": 9}).json()["data"]["attributes"]["status"] == 9
    assert api.put(f"{at}/archive_project", {"status": 1}).json()["data"]["attributes"]["status"] == 1


@pytest.mark.parametrize(
    ("given", "attribute"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": 5}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "x", "homepage": "javascript:alert(1)"}, "homepage"),
        ({"name": "x", "drend-date": "never"}, "drend-date"),
        ({"name": "x", "drstart-date": "2026-02-01", "drend-date": "2026-01-01"}, "drend-date"),
        ({"name": "x", "typed-values": 5}, "typed-values"),
    ],
)
def test_bad_project_is_refused(api, given, attribute):
    answer = api.post("v1/~/projects", given)

    assert (answer.status_code, faults(answer)) == (422, [attribute])
    assert not Project.objects.exists()


def test_children_come_on_the_page_of_their_parent(api, project, api_user, filled):
    """Version 1 gives all tickets that stand under those of the page."""
    child = Ticket.objects.create(project=project, subject="a", parent=filled[0])

    assert subjects(api.get(f"v1/~/projects/{project.pk}/tickets/?pagesize=2")) == "ABa"
    assert subjects(api.get(f"v2/~/projects/{project.pk}/tickets?pagesize=2")) == "AB"
    assert child.parent == filled[0]


def test_users_of_the_account_are_listed(api, owner, api_user, stranger):
    found = api.get("v1/~/users?sort=name").json()

    assert [row["attributes"]["name"] for row in found["data"]] == ["Ada", "Olga"]
    assert api.get(f"v1/~/users/{owner.user_id}").json()["data"] == found["data"][1]
    assert api.get(f"v1/~/users/{stranger.user_id}").status_code == 404
    assert api.get("v1/~/users?search=olg").json()["meta"]["count"] == 1


@pytest.mark.parametrize("sort", ["", "-id", "subject", "-updated_at", "due-date"])
def test_late_pages_hold_what_early_ones_would(api, tickets, filled, sort, monkeypatch):
    early = [subjects(api.get(f"{tickets}?sort={sort}&pagesize=2&page={number}")) for number in (1, 2, 3, 4)]
    monkeypatch.setattr(pagination, "FAR", 1)
    late = [subjects(api.get(f"{tickets}?sort={sort}&pagesize=2&page={number}")) for number in (1, 2, 3, 4)]

    assert early == late
    assert "".join(sorted("".join(late))) == "ABCDE"


@pytest.mark.parametrize("key", ["project", "0"])
def test_tickets_of_a_project_are_not_counted_for_its_list(api, project, filled, key):
    at = f"v2/~/projects/{project.pk if key == 'project' else 0}/tickets"
    filled[0].delete()
    with CaptureQueriesContext(connection) as queries:
        count = api.get(at).json()["meta"]["count"]

    assert count == 4
    assert not any("COUNT(" in query["sql"] for query in queries)


def test_tickets_are_numbered_within_their_project(api, account, project, tickets, filled):
    other = Project.objects.create(account=account, name="Bridge")
    filled[4].delete()
    made = [api.post(at, {}).json()["data"] for at in (tickets, f"v2/~/projects/{other.pk}/tickets")]

    assert [row["attributes"]["sequential-id"] for row in made] == [6, 1]

import csv
import io

import pytest
from django.urls import reverse

from accounts.models import Membership, User

pytestmark = pytest.mark.django_db
URL, RIGHTS, EXPORT = (reverse(f"accounts:{name}") for name in ("user_list", "user_rights", "user_rights_export"))


@pytest.fixture
def cast(owner, manager, api_user, member, external, account, join, invite):
    join(account, "dora", is_active=False)
    invite("nora@new.example")


def names(answer):
    return [member.name for member in answer.context["page_obj"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "mar"}, ["Marek"]),
        ({"q": "EMIL@"}, ["Emil"]),
        ({"kind": "external"}, ["Emil"]),
        ({"right": "owner"}, ["Olga"]),
        ({"right": "manage"}, ["Marek", "Olga"]),
        ({"right": "api"}, ["Ada", "Olga"]),
        ({"right": "plain", "state": "active"}, ["Mia"]),
        ({"state": "deactivated"}, ["Dora"]),
        ({"state": "invited"}, ["Nora"]),
        ({"sort": "-name", "state": "active"}, ["Olga", "Mia", "Marek", "Emil", "Ada"]),
        ({"q": "nobody"}, []),
    ],
)
def test_list_is_searched_filtered_and_sorted(client_of, owner, cast, query, expected):
    assert names(client_of(owner).get(URL, query)) == expected


def test_user_is_found_by_number(client_of, owner, cast, member):
    assert names(client_of(owner).get(URL, {"q": str(member.user_id), "state": "active"})) == ["Mia"]


@pytest.mark.parametrize(
    "query",
    [{"q": "\0"}, {"q": "9" * 30}, {"q": "%"}, {"kind": "alien"}, {"right": "x"}, {"sort": "password"}, {"page": "x"}],
)
def test_list_survives_what_cannot_be_read(client_of, owner, cast, query):
    assert client_of(owner).get(URL, query).status_code == 200


@pytest.mark.parametrize("number", [10, 200])
@pytest.mark.parametrize(("url", "queries"), [(URL, 7), (RIGHTS, 11)])
def test_lists_take_a_fixed_number_of_queries(client_of, owner, django_assert_num_queries, number, url, queries):
    people = User.objects.bulk_create(User(email=f"u{n}@alpha.example", name=f"U{n}") for n in range(number))
    Membership.objects.bulk_create(Membership(account=owner.account, user=one, name=one.name) for one in people)
    client = client_of(owner)

    with django_assert_num_queries(queries):
        client.get(url)


def test_page_of_rights_shows_people_by_right(client_of, owner, cast):
    groups = client_of(owner).get(RIGHTS).context["groups"]

    assert {group["right"].key: [member.name for member in group["people"]] for group in groups} == {
        "owner": ["Olga"],
        "manage": ["Marek", "Olga"],
        "api": ["Ada", "Olga"],
        "plain": ["Mia"],
        "external": ["Emil"],
    }


def test_export_lists_everybody_with_their_rights(client_of, owner, cast, manager):
    manager.name = "=1+1"
    manager.save()
    text = b"".join(client_of(owner).get(EXPORT).streaming_content).decode("utf-8-sig")
    rows = {row["E-mail"]: row for row in csv.DictReader(io.StringIO(text))}

    assert rows["marek@alpha.example"] == {
        "Number": str(manager.user_id),
        "Name": "'=1+1",
        "E-mail": "marek@alpha.example",
        "Kind": "internal",
        "State": "active",
        "Account owner": "no",
        "Manage users": "yes",
        "API access": "no",
    }
    assert (rows["nora@new.example"]["Number"], len(rows)) == ("", 7)


def test_users_of_another_account_are_in_no_list(client_of, stranger, cast):
    client = client_of(stranger)

    assert names(client.get(URL)) == ["Olga"]
    assert len(b"".join(client.get(EXPORT).streaming_content).splitlines()) == 2

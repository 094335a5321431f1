"""Names are found and sorted alike on both databases, in pages, API and filters."""

import itertools

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Membership, Project, User
from lib.collation import compare, sort_key

pytestmark = pytest.mark.django_db
IN_ORDER = [
    "_x",
    "1",
    "2b",
    "Ada",
    "Ärger",
    "ärmel",
    "Bo",
    "Élan",
    "eland",
    "Lukas",
    "łukasz",
    "Łukasz",
    "Müller",
    "Mullers",
]
IN_ORDER += ["Øre", "Straße", "Strasse 2", "Žak", "Zoe", "żuk", "Ωmega", "Яна", "李"]


@pytest.fixture
def projects(account):
    for name in sorted(IN_ORDER):
        Project.objects.create(account=account, name=name)


def by_database(account):
    with connection.cursor() as cursor:
        cursor.execute('SELECT name FROM accounts_project ORDER BY name COLLATE "und-x-icu"')
        return [name for (name,) in cursor.fetchall()]


def test_both_databases_sort_as_people_do(account, projects):
    assert by_database(account) == IN_ORDER


def test_order_is_the_same_however_names_come_in():
    assert sorted(set(IN_ORDER), key=sort_key) == IN_ORDER
    assert all(compare(one, other) < 0 for one, other in itertools.pairwise(IN_ORDER))


def test_lists_of_pages_and_api_are_in_this_order(client, client_of, owner, projects, token_of):
    page = client_of(owner).get("/projects/", follow=True).context["page_obj"]
    headers = {"X-PlanRadar-API-Key": token_of(owner)}
    answer = client.get(f"/api/v2/{owner.account_id}/projects?sort=-name", headers=headers).json()

    assert [project.name for project in page] == IN_ORDER
    assert [one["attributes"]["name"] for one in answer["data"]] == IN_ORDER[::-1]


@pytest.mark.parametrize("search", ["łukasz", "ŁUKASZ", "ärger", "żak", "ŻAK", "100%", "a_b"])
def test_letters_are_found_in_any_case_on_pages_and_in_the_api(client, client_of, owner, token_of, search):
    for name in ("Łukasz", "Ärger", "Żak", "100% done", "a_b", "axb"):
        user = User.objects.create_user(f"{len(name)}{ord(name[0])}{ord(name[1])}@x.example", name=name)
        Membership.objects.create(account=owner.account, user=user)
        Project.objects.create(account=owner.account, name=name)
    api, headers = f"/api/v2/{owner.account_id}/projects?search=", {"X-PlanRadar-API-Key": token_of(owner)}
    signed_in = client_of(owner)

    users = signed_in.get(reverse("accounts:user_list"), {"q": search}, follow=True).context["page_obj"]
    projects = signed_in.get("/projects/", {"search": search}, follow=True).context["page_obj"]
    found = client.get(api, {"search": search}, headers=headers).json()["data"]

    assert {len(users), len(projects), len(found)} == {1}
    assert search.lower() in users[0].name.lower()

"""Users by API: the services and rights of the pages."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.models import AuditEntry, Membership
from tests.api.conftest import Caller
from tickets.api import user_acts
from tokens.models import PersonalAccessToken

NEW = {"firstname": "Nina", "lastname": "Nowak", "mail": "nina@new.example", "permissions": {"defects": True}}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(user_acts, "INVITED_AFTER", 0)


@pytest.fixture
def managing(client, manager, token_of):
    manager.has_api_access = True
    manager.save()
    return Caller(client, manager.account, token_of(manager))


def pointers(answer):
    assert answer.status_code == 422, answer.content
    return [error["pointer"] for error in answer.json()["errors"]]


def test_user_has_both_names_of_each_field(api, member):
    attributes = api.get(f"v1/~/users/{member.user_id}").json()["data"]["attributes"]

    assert attributes["mail"] == attributes["email"] == member.user.email
    assert attributes["active"] == attributes["is-active"] is True
    assert (attributes["subcontractor"], attributes["watcher"], attributes["company"]) == (False, False, "")


def test_users_are_sorted_by_company(api, member, external):
    for company, row in (("B", member), ("A", external)):
        Membership.objects.filter(pk=row.pk).update(company=company)
    rows = api.get("v1/~/users?sort=-company").json()["data"]

    assert [row["attributes"]["company"] for row in rows][:2] == ["B", "A"]


def test_user_is_invited_as_on_the_page(managing, account):
    answer = managing.post("v1/~/users", NEW | {"company": "Paint Ltd", "watcher": True})
    member = Membership.objects.get(user__email="nina@new.example")

    assert (answer.status_code, answer.json()["data"]["id"]) == (201, f"invited-{member.pk}")
    assert (member.name, member.kind, member.is_watcher, member.company) == (
        "Nina Nowak",
        "external",
        True,
        "Paint Ltd",
    )
    assert member.joined_at is None
    assert AuditEntry.objects.of(account).filter(action="user.created", via="token").exists()


def test_answer_does_not_tell_whether_the_person_is_known_elsewhere(managing, stranger):
    known = managing.post("v1/~/users", NEW | {"mail": stranger.user.email}).json()["data"]

    assert known["id"].startswith("invited-")
    assert known["attributes"]["name"] == "Nina Nowak"
    assert str(stranger.user_id) != known["id"]


@pytest.mark.parametrize(
    ("change", "attribute"),
    [
        ({"mail": "x"}, "mail"),
        ({"mail": ""}, "mail"),
        ({"firstname": ""}, "firstname"),
        ({"lastname": None}, "lastname"),
        ({"permissions": None}, "permissions"),
        ({"password": "secret"}, "password"),
        ({"company": "x" * 151}, "company"),
        ({"watcher": "perhaps"}, "watcher"),
    ],
)
def test_bad_user_is_refused(managing, change, attribute):
    assert pointers(managing.post("v1/~/users", NEW | change)) == [f"/data/attributes/{attribute}"]
    assert not Membership.objects.filter(user__email="nina@new.example").exists()
    assert mail.outbox == []


def test_user_of_the_account_is_not_invited_again(managing, member):
    assert pointers(managing.post("v1/~/users", NEW | {"mail": member.user.email})) == ["/data/attributes/mail"]


def test_ten_users_a_minute(managing):
    answers = [managing.post("v1/~/users", NEW | {"mail": f"n{at}@new.example"}).status_code for at in range(11)]

    assert answers == [201] * 10 + [429]


def test_user_is_changed_deactivated_and_activated(managing, member, token_of):
    at = f"v1/~/users/{member.user_id}"
    changed = managing.put(at, {"lastname": "Maier", "company": "Roof Ltd", "tel": 123}).json()["data"]["attributes"]
    token_of(member)

    assert (changed["name"], changed["company"], changed["tel"]) == ("Mia Maier", "Roof Ltd", "123")
    assert managing.delete(at).status_code == 204
    assert managing.get(at).json()["data"]["attributes"]["active"] is False
    assert not PersonalAccessToken.objects.filter(membership=member, revoked_at=None).exists()
    activated = managing("POST", f"v1/~/users/activate_user?user_id={member.user_id}")
    assert activated.json()["data"]["attributes"]["active"] is True


def test_invitation_is_revoked(managing):
    key = managing.post("v1/~/users", NEW).json()["data"]["id"]

    assert managing.delete(f"v1/~/users/{key}").status_code == 204
    assert not Membership.objects.filter(user__email="nina@new.example").exists()


@pytest.mark.parametrize("in_body", [True, False])
def test_user_is_downgraded(managing, member, in_body):
    Membership.objects.filter(pk=member.pk).update(has_api_access=True)
    query = "" if in_body else f"?user_id={member.user_id}"
    body = {"watcher": True} | ({"user_id": str(member.user_id)} if in_body else {})
    answer = managing.put(f"v1/~/users/downgrade_user_to_subcontractor{query}", body)

    member.refresh_from_db()
    assert (answer.status_code, member.kind, member.is_watcher, member.has_api_access) == (200, "external", True, False)


def test_rights_of_the_pages_hold(api, managing, owner, member, manager):
    """Without manage users nothing; managers touch neither the owner nor their own rights, and give no manage users."""
    assert api.post("v1/~/users", NEW).status_code == 403
    assert api.put(f"v1/~/users/{member.user_id}", {"company": "x"}).status_code == 403
    assert api.delete(f"v1/~/users/{member.user_id}").status_code == 403
    assert managing.put(f"v1/~/users/{owner.user_id}", {"company": "x"}).status_code == 403
    assert managing.delete(f"v1/~/users/{owner.user_id}").status_code == 403
    assert managing.delete(f"v1/~/users/{manager.user_id}").status_code == 403
    assert managing.put(f"v1/~/users/{member.user_id}", {"permissions": {"users": True}}).status_code == 403
    assert managing.post("v1/~/users", NEW | {"permissions": {"users": True}}).status_code == 403


@pytest.mark.parametrize("key", ["0", "x", "invited-1", "invited-x", "%00", "987654"])
def test_users_that_are_not_there(managing, stranger, key):
    assert managing.put(f"v1/~/users/{key}", {"company": "x"}).status_code == 404
    assert managing.delete(f"v1/~/users/{key}").status_code == 404
    assert managing("POST", f"v1/~/users/activate_user?user_id={stranger.user_id}").status_code == 404


def test_mail_of_others_is_not_changed(managing, member):
    assert pointers(managing.put(f"v1/~/users/{member.user_id}", {"mail": "y@y.example"})) == ["/data/attributes/mail"]

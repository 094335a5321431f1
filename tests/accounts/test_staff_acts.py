"""What staff do to a person is in the audit log and told to the person, and is never their password."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import AuditEntry, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 9"
DATA = {"email": "ada@alpha.example", "name": "Ada", "time_zone": "UTC", "language": "", "is_active": "on"}


def address(member, act="change"):
    return f"/admin/accounts/user/{member.user_id}/{act}/"


def test_staff_sets_no_password(staff_client, api_user):
    before = api_user.user.password
    answers = [
        staff_client.post(
            address(api_user, "password"), {"password1": "correct horse 9", "password2": "correct horse 9"}
        ),
        staff_client.post(address(api_user), DATA | {"password": "x", "password1": "x"}),
    ]

    api_user.user.refresh_from_db()
    assert (answers[1].status_code, api_user.user.password) == (302, before)


def test_staff_sends_a_reset_which_is_written_down_and_told(staff_client, api_user, mails):
    staff_client.post(address(api_user, "reset"))

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.via, entry.actor_name) == (
        "sign_in.reset_sent",
        "admin",
        "Root <root@planradar.example>",
    )
    assert len([mail for mail in mails() if "/key/" in mail.body]) == 1
    assert len([mail for mail in mails() if "Customer Success" in mail.body]) == 1


def test_looking_at_the_address_of_a_reset_sends_nothing(staff_client, api_user, mails):
    assert staff_client.get(address(api_user, "reset")).status_code == 405
    assert mails() == []


def test_staff_without_the_permission_sends_no_reset(api_user, mails):
    look = Client()
    look.force_login(User.objects.create_user("look@planradar.example", name="Look", is_staff=True))
    User.objects.get(name="Look").groups.add(Group.objects.get(name="Customer Success"))

    assert look.post(address(api_user, "reset")).status_code == 403
    assert mails() == []


@pytest.mark.parametrize(
    ("field", "value", "was"),
    [
        ("name", "Ada L", "Ada"),
        ("language", "de", ""),
        ("time_zone", "Europe/Warsaw", "UTC"),
        ("is_staff", "on", False),
    ],
)
def test_every_change_by_staff_is_written_down_and_told(staff_client, api_user, mails, field, value, was):
    staff_client.post(address(api_user), DATA | {field: value})

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.facts) == ("user.changed", {field: {"from": was, "to": value == "on" or value}})
    assert [mail.to for mail in mails()] == [["ada@alpha.example"]]


def test_rights_are_given_by_superusers_alone(api_user):
    staff = User.objects.create_user("cs@planradar.example", name="Cora", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client = Client()
    client.force_login(staff)

    client.post(address(api_user), DATA | {"is_superuser": "on", "is_staff": "on"})

    api_user.user.refresh_from_db()
    assert (api_user.user.is_superuser, api_user.user.is_staff) == (False, False)


def test_superuser_confirms_before_giving_rights(api_user):
    client = Client()
    client.force_login(User.objects.create_superuser("late@planradar.example", name="Late"))

    client.post(address(api_user), DATA | {"is_superuser": "on"})

    api_user.user.refresh_from_db()
    assert api_user.user.is_superuser is False


def test_new_user_has_no_password(staff_client):
    staff_client.post("/admin/accounts/user/add/", {"email": "Nora@New.example", "name": "Nora"})

    user = User.objects.get(email="nora@new.example")
    assert user.has_usable_password() is False


def test_zone_that_is_none_is_refused(staff_client, api_user):
    answer = staff_client.post(address(api_user), DATA | {"time_zone": "Europe/Vien"})

    assert list(answer.context["adminform"].form.errors) == ["time_zone"]


def test_page_of_somebody_with_a_zone_that_is_gone_opens(api_user, client_of):
    User.objects.filter(pk=api_user.user_id).update(time_zone="Mars/Base")

    assert client_of(api_user).get("/projects/").status_code == 200


def test_own_change_of_the_password_is_written_down_and_told(client_of, member, mails):
    member.user.set_password("correct horse 9")
    member.user.save()
    client = client_of(member)

    client.post(
        "/auth/password/change/",
        {"oldpassword": "correct horse 9", "password1": "another horse 10", "password2": "another horse 10"},
    )

    assert AuditEntry.objects.get().action == "sign_in.password_changed"
    assert ["password changed" in mail.subject for mail in mails()] == [True]

"""Staff have what they need and no more."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_counts():
    cache.clear()


@pytest.fixture
def clerk(db):
    """Staff who may change users and groups, and are no superuser, signed in just now."""
    user = User.objects.create_user("clerk@planradar.example", "correct horse 9", name="Clara", is_staff=True)
    names = ["change_user", "view_user", "change_group", "view_group", "view_authenticator"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.post("/auth/login/", {"login": user.email, "password": "correct horse 9"})
    return client


def change(client, user, **values):
    data = {"email": user.email, "name": user.name, "time_zone": "UTC", "language": "", "is_active": "on"}
    return client.post(f"/admin/accounts/user/{user.pk}/change/", data | values)


def test_staff_who_change_users_do_not_raise_a_customer(clerk, member):
    change(clerk, member.user, name="Mia L", is_staff="on", is_superuser="on")

    user = User.objects.get(pk=member.user_id)
    assert (user.name, user.is_staff, user.is_superuser) == ("Mia L", False, False)


def test_staff_do_not_take_over_other_staff_by_their_e_mail(clerk, staff_client):
    root = User.objects.get(name="Root")
    answers = [
        change(clerk, root, email="clerk2@planradar.example"),
        clerk.post(f"/admin/accounts/user/{root.pk}/reset/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert User.objects.get(name="Root").email == "root@planradar.example"


@pytest.mark.parametrize("path", ["auth/group/", "mfa/authenticator/", "usersessions/usersession/"])
def test_what_gives_rights_is_for_superusers_alone(clerk, staff_client, path):
    assert [client.get(f"/admin/{path}").status_code for client in (clerk, staff_client)] == [403, 200]


def test_library_views_show_no_secret_and_change_nothing(staff_client, member):
    factor = Authenticator.objects.create(user=member.user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    address = f"/admin/mfa/authenticator/{factor.pk}/change/"

    assert (staff_client.get(address).status_code, staff_client.post(address, {}).status_code) == (200, 403)
    assert b"JBSWY3DP" not in staff_client.get(address).content


@pytest.mark.parametrize(
    "path", ["accounts/user/{user}/change/", "accounts/account/{account}/change/", "auth/group/add/"]
)
def test_password_is_asked_for_again_after_a_while(staff_client, member, time_machine, path):
    time_machine.move_to(time.time() + 301)
    address = f"/admin/{path}".format(user=member.user_id, account=member.account_id)

    assert [getattr(staff_client, way)(address).url.split("?")[0] for way in ("get", "post")] == [
        "/auth/reauthenticate/"
    ] * 2


def test_password_is_changed_in_one_place(staff_client):
    answers = [staff_client.post("/admin/password_change/", {"old_password": "x"}) for _ in range(3)]

    assert {answer.url for answer in answers} == {"/auth/password/change/"}


def test_wrong_old_passwords_are_limited(clerk):
    data = {"oldpassword": "wrong", "password1": "another horse 9", "password2": "another horse 9"}
    statuses = [clerk.post("/auth/password/change/", data).status_code for _ in range(8)]

    assert statuses == [200] * 5 + [429] * 3

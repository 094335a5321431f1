import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Account, AuditEntry, Membership, User
from tokens.models import PersonalAccessToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(staff_client):
    return staff_client


def test_limit_that_staff_changes_is_written_down(admin, account):
    address = f"/admin/accounts/account/{account.pk}/change/"
    management = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    admin.post(address, {"name": "Alpha", "api_rate_limit": 60} | management)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.via, entry.facts) == ("limit.changed", "admin", {"limit": {"from": 10_000, "to": 60}})


def test_limit_of_none_is_refused(admin, account):
    management = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    answer = admin.post(
        f"/admin/accounts/account/{account.pk}/change/", {"name": "Alpha", "api_rate_limit": 0} | management
    )

    assert list(answer.context["adminform"].form.errors) == ["api_rate_limit"]


def test_owner_is_not_deactivated_by_staff(admin, owner):
    data = {"email": owner.user.email, "name": "Olga", "time_zone": "UTC", "language": ""}
    answer = admin.post(f"/admin/accounts/user/{owner.user_id}/change/", data)

    owner.user.refresh_from_db()
    assert (answer.context["adminform"].form.errors.keys(), owner.user.is_active) == ({"is_active"}, True)


def test_user_whom_staff_deactivates_is_written_down_and_shut_out(admin, client, account, api_user, token_of):
    secret = token_of(api_user)
    data = {"email": api_user.user.email, "name": "Ada", "time_zone": "UTC", "language": ""}
    admin.post(f"/admin/accounts/user/{api_user.user_id}/change/", data)

    answer = client.get(f"/api/v2/{account.pk}/projects", headers={"X-PlanRadar-API-Key": secret})
    assert (answer.status_code, AuditEntry.objects.earliest("number").action) == (401, "user.deactivated")


def test_user_whom_staff_renames_is_written_down(admin, api_user):
    data = {"email": "ada2@alpha.example", "name": "Ada L", "time_zone": "UTC", "language": "", "is_active": "on"}
    admin.post(f"/admin/accounts/user/{api_user.user_id}/change/", data)

    changes = {"name": {"from": "Ada", "to": "Ada L"}, "email": {"from": "ada@alpha.example", "to": data["email"]}}
    assert [(entry.action, entry.facts) for entry in AuditEntry.objects.all()] == [("user.changed", changes)]


@pytest.mark.parametrize("way", ["page", "list"])
def test_user_is_not_deleted_by_staff(admin, member, way):
    chosen = {"action": "delete_selected", "_selected_action": member.user_id} if way == "list" else {}
    address = "/admin/accounts/user/" + ("" if way == "list" else f"{member.user_id}/delete/")
    admin.post(address, {"post": "yes", **chosen})

    assert Membership.objects.filter(pk=member.pk).exists()


def test_staff_does_not_set_the_longest_life_past_the_tokens_that_are_there(admin, account):
    management = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    admin.post(
        f"/admin/accounts/account/{account.pk}/change/", {"name": "Alpha 2", "max_token_lifetime_days": 9} | management
    )

    account.refresh_from_db()
    assert (account.name, account.max_token_lifetime_days) == ("Alpha 2", None)


def test_nothing_of_a_password_is_shown_to_those_who_only_look(admin, owner):
    look = Client()
    look.force_login(User.objects.create_user("look@planradar.example", name="Look", is_staff=True))
    User.objects.get(name="Look").groups.add(Group.objects.get(name="Customer Success"))
    pages = [one.get(f"/admin/accounts/user/{owner.user_id}/change/").content.decode() for one in (look, admin)]

    assert [owner.user.email in page for page in pages] == [True, True]
    assert ["password" in page.split('id="content"')[1] for page in pages] == [False, True]


@pytest.mark.parametrize("kind", ["user", "account"])
def test_r_u3_owner_and_their_tokens_survive_a_deletion_in_the_administration(admin, account, owner, token_of, kind):
    token_of(owner)
    pk = owner.user_id if kind == "user" else account.pk
    admin.post(f"/admin/accounts/{kind}/{pk}/delete/", {"post": "yes"})

    assert (Account.objects.count(), Membership.objects.count(), PersonalAccessToken.objects.live().count()) == (
        1,
        1,
        1,
    )


def test_customer_success_sees_no_audit_log_and_changes_no_rights(account, member):
    staff = User.objects.create_user("stella@planradar.example", name="Stella", is_staff=True)
    staff.groups.add(Group.objects.get(name="Customer Success"))
    client = Client()
    client.force_login(staff)

    pages = [
        f"/admin/accounts/user/{member.user_id}/change/",
        "/admin/accounts/membership/",
        "/settings/account/audit/",
    ]
    assert [client.post(page).status_code for page in pages] == [403, 404, 405]


def test_command_makes_an_account_with_its_owner(capsys):
    call_command("create_account", "Gamma", "Gabi@Gamma.example", owner_name="Gabi")

    account = Account.objects.get()
    assert (account.name, account.owner.user.email, account.owner.state) == ("Gamma", "gabi@gamma.example", "active")
    assert capsys.readouterr().out.endswith("/auth/password/reset/\n")


def test_command_refuses_what_is_no_e_mail():
    with pytest.raises(CommandError):
        call_command("create_account", "Gamma", "gabi")
    assert not Account.objects.exists()


def test_new_owner_sets_a_password_and_signs_in(client, mails):
    call_command("create_account", "Gamma", "gabi@gamma.example")
    client.post("/auth/password/reset/", {"email": "gabi@gamma.example"})
    link = next(word for word in mails()[-1].body.split() if word.startswith("http"))
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "correct horse 9", "password2": "correct horse 9"})

    answer = client.post("/auth/login/", {"login": "gabi@gamma.example", "password": "correct horse 9"})
    assert (answer.status_code, client.get("/settings/account/", follow=True).status_code) == (302, 200)

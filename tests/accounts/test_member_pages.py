"""User management: who may do what to whom (R-A1, R-A2, R-U1, R-U2, R-U3)."""

import pytest
from django.urls import reverse

from accounts import addresses
from accounts.models import AuditEntry, Membership, User
from tokens.models import PersonalAccessToken

pytestmark = pytest.mark.django_db
NOBODY = {"name": "Nora", "email": "nora@new.example", "kind": "internal"}


def url(name, *args):
    return reverse(f"accounts:{name}", args=args)


def rights_of(member):
    member.refresh_from_db()
    return member.kind, member.has_api_access, member.can_manage_users


def test_r_u1_managing_users_needs_the_right(client_of, owner, manager, member, external):
    people = {"owner": owner, "manager": manager, "member": member, "external": external}

    answers = {name: client_of(one).get(url("user_list")).status_code for name, one in people.items()}
    assert answers == {"owner": 200, "manager": 200, "member": 403, "external": 403}


def test_page_that_may_not_be_opened_says_which_right_is_missing_and_who_gives_it(client_of, member):
    text = client_of(member).get(url("user_list")).content.decode()

    assert "What you would need: the right “manage users”." in text
    assert "The account owner can give it, under User management &gt; Users." in text


def test_r_a1_api_access_is_given_when_an_internal_user_is_created(client_of, manager):
    client_of(manager).post(url("user_create"), NOBODY | {"has_api_access": "on"})

    assert rights_of(Membership.objects.get(user__email="nora@new.example")) == ("internal", True, False)


def test_r_a1_external_user_is_not_created_with_api_access(client_of, manager):
    answer = client_of(manager).post(url("user_create"), NOBODY | {"kind": "external", "has_api_access": "on"})

    assert answer.context["form"].errors.keys() == {"has_api_access"}
    assert not User.objects.filter(email="nora@new.example").exists()


def test_r_a1_api_access_is_given_when_an_internal_user_is_edited(client_of, manager, member):
    client_of(manager).post(url("user_edit", member.pk), {"name": "Mia", "kind": "internal", "has_api_access": "on"})

    assert rights_of(member) == ("internal", True, False)


def test_r_a1_external_user_is_not_edited_into_api_access(client_of, manager, external):
    data = {"name": "Emil", "kind": "external", "has_api_access": "on"}
    answer = client_of(manager).post(url("user_edit", external.pk), data)

    assert answer.context["form"].errors.keys() == {"has_api_access"}
    assert rights_of(external) == ("external", False, False)


def test_turning_external_says_first_which_rights_go(client_of, owner, api_user, token_of):
    token_of(api_user)
    data = {"name": "Ada", "kind": "external", "has_api_access": "on"}
    answer = client_of(owner).post(url("user_edit", api_user.pk), data)

    assert "API access: 1 token stops." in answer.content.decode()
    assert rights_of(api_user) == ("internal", True, False)


def test_turning_external_takes_api_access_away_once_it_is_agreed(client_of, owner, api_user):
    data = {"name": "Ada", "kind": "external", "has_api_access": "on", "gives_up": "on"}
    client_of(owner).post(url("user_edit", api_user.pk), data)

    assert rights_of(api_user) == ("external", False, False)


def api_status(client, account, secret):
    headers = {"X-PlanRadar-API-Key": secret}
    return client.get(f"/api/v2/{account.pk}/projects", headers=headers).status_code


def test_r_a2_taking_api_access_away_stops_tokens_at_the_next_request(
    client_of, client, account, manager, api_user, token_of
):
    secret = token_of(api_user)
    before = api_status(client, account, secret)

    client_of(manager).post(url("user_edit", api_user.pk), {"name": "Ada", "kind": "internal"})

    assert (before, api_status(client, account, secret)) == (200, 401)


def test_r_a2_deactivated_users_tokens_stop_at_once(client_of, client, account, manager, api_user, token_of):
    secret = token_of(api_user)
    before = api_status(client, account, secret)

    client_of(manager).post(url("user_deactivate", api_user.pk))

    assert (before, api_status(client, account, secret)) == (200, 401)


def test_r_u2_user_page_shows_the_tokens_of_an_internal_user(client_of, manager, api_user, token_of):
    secret = token_of(api_user, "ERP import")
    text = client_of(manager).get(url("user_detail", api_user.pk)).content.decode()

    token = PersonalAccessToken.objects.get()
    assert "ERP import" in text
    assert reverse("tokens:token_delete", args=[token.pk]) in text
    assert secret not in text


def test_r_u2_many_tokens_are_shown_in_pages(client_of, manager, api_user, token_of):
    for number in range(25):
        token_of(api_user, name=f"Token {number}")

    pages = [client_of(manager).get(url("user_detail", api_user.pk), {"page": page}) for page in (1, 2)]
    assert [len(page.context["tokens"]) for page in pages] == [20, 5]
    assert "Token 0<" in pages[1].content.decode()


def test_r_u2_manager_deletes_a_users_token(client_of, manager, api_user, token_of):
    token_of(api_user)
    token = PersonalAccessToken.objects.get()
    answer = client_of(manager).post(reverse("tokens:token_delete", args=[token.pk]))

    token.refresh_from_db()
    assert (addresses.split(answer.url)[1], token.revoked_by) == (url("user_detail", api_user.pk), manager.user)
    assert AuditEntry.objects.latest("pk").action == "token.deleted"


def test_r_u3_manager_does_not_delete_the_owners_tokens_and_is_told_why(client_of, manager, owner, token_of):
    token_of(owner)
    token = PersonalAccessToken.objects.get()
    client, address = client_of(manager), reverse("tokens:token_delete", args=[token.pk])

    assert "deleted by the account owner alone" in client.get(url("user_detail", owner.pk)).content.decode()
    assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]
    token.refresh_from_db()
    assert token.revoked_at is None


def test_user_without_the_right_does_not_find_the_tokens_of_others(client_of, member, api_user, token_of):
    token_of(api_user)
    token = PersonalAccessToken.objects.get()
    answer = client_of(member).post(reverse("tokens:token_delete", args=[token.pk]))

    assert (answer.status_code, PersonalAccessToken.objects.live().count()) == (404, 1)


def test_manager_gives_nobody_the_right_to_manage_users(client_of, manager, member):
    client = client_of(manager)
    client.post(url("user_create"), NOBODY | {"can_manage_users": "on"})
    client.post(url("user_edit", member.pk), {"name": "Mia", "kind": "internal", "can_manage_users": "on"})

    assert not Membership.objects.get(user__email="nora@new.example").can_manage_users
    assert rights_of(member) == ("internal", False, False)


def test_owner_gives_and_takes_the_right_to_manage_users(client_of, owner, member, manager):
    client = client_of(owner)
    client.post(url("user_edit", member.pk), {"name": "Mia", "kind": "internal", "can_manage_users": "on"})
    client.post(url("user_edit", manager.pk), {"name": "Marek", "kind": "internal"})

    assert (rights_of(member), rights_of(manager)) == (("internal", False, True), ("internal", False, False))


def test_manager_does_not_raise_their_own_rights(client_of, manager):
    data = {"name": "Marek", "kind": "internal", "has_api_access": "on", "can_manage_users": "on"}
    answer = client_of(manager).post(url("user_edit", manager.pk), data)

    assert (answer.status_code, rights_of(manager)) == (302, ("internal", False, True))


def test_manager_does_not_turn_another_manager_external(client_of, account, join, manager):
    other = join(account, "olek", can_manage_users=True)
    client_of(manager).post(url("user_edit", other.pk), {"name": "Olek", "kind": "external", "gives_up": "on"})

    assert rights_of(other) == ("internal", False, True)


@pytest.mark.parametrize("name", ["user_edit", "user_deactivate", "user_reactivate"])
def test_manager_does_not_touch_the_owner(client_of, manager, owner, name):
    client, address = client_of(manager), url(name, owner.pk)

    assert [client.get(address).status_code, client.post(address, {"name": "X"}).status_code] == [403, 403]
    owner.refresh_from_db()
    assert (owner.name, owner.is_active) == ("Olga", True)


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_nobody_deactivates_themself(request, client_of, who):
    member = request.getfixturevalue(who)
    answer = client_of(member).post(url("user_deactivate", member.pk))

    member.refresh_from_db()
    assert (answer.status_code, member.is_active) == (403, True)


def test_owner_renames_themself_and_keeps_every_right(client_of, owner):
    client_of(owner).post(url("user_edit", owner.pk), {"name": "Olga O.", "kind": "external"})

    owner.refresh_from_db()
    assert (owner.name, owner.kind, owner.account.owner_id) == ("Olga O.", "internal", owner.pk)


@pytest.mark.parametrize(
    "name", ["user_detail", "user_edit", "user_deactivate", "user_reactivate", "invitation_resend", "invitation_revoke"]
)
def test_user_of_another_account_is_not_found(client_of, owner, stranger, name):
    client = client_of(owner)
    status = client.post(url(name, stranger.pk)).status_code

    assert status == (405 if name == "user_detail" else 404)
    assert client.get(url("user_detail", stranger.pk)).status_code == 404


def test_rights_that_change_are_written_down(client_of, owner, member):
    client_of(owner).post(url("user_edit", member.pk), {"name": "Mia", "kind": "internal", "has_api_access": "on"})

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.ip) == ("user.rights_changed", "Mia <mia@alpha.example>", "127.0.0.1")
    assert entry.facts == {"has_api_access": {"from": False, "to": True}}


def test_saving_without_a_change_writes_nothing_down(client_of, owner, member):
    client_of(owner).post(url("user_edit", member.pk), {"name": "Mia", "kind": "internal"})

    assert not AuditEntry.objects.exists()


def test_name_that_a_manager_writes_stays_in_this_account(client_of, manager, member, found, stranger):
    elsewhere = Membership.objects.create(account=stranger.account, user=member.user)
    client_of(manager).post(url("user_edit", member.pk), {"name": "M. the plumber", "kind": "internal"})

    member.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (member.name, elsewhere.name, User.objects.get(pk=member.user_id).name) == ("M. the plumber", "Mia", "Mia")


def test_name_that_a_person_writes_goes_to_all_their_accounts(client_of, member, stranger):
    elsewhere = Membership.objects.create(account=stranger.account, user=member.user)
    client_of(member).post(url("profile"), {"name": "Mia M.", "language": "", "time_zone": "UTC"})

    elsewhere.refresh_from_db()
    assert elsewhere.name == "Mia M."
    assert sorted(AuditEntry.objects.values_list("account", "action")) == [
        (member.account_id, "profile.changed"),
        (stranger.account_id, "profile.changed"),
    ]


@pytest.mark.parametrize("data", [{"name": ""}, {"name": "a" * 151}, {"name": "a\0"}, {"kind": "alien"}])
def test_bad_input_changes_nothing_and_is_explained(client_of, owner, member, data):
    answer = client_of(owner).post(url("user_edit", member.pk), {"name": "Mia", "kind": "internal"} | data)

    member.refresh_from_db()
    assert (answer.status_code, member.name, member.kind) == (200, "Mia", "internal")
    assert answer.context["form"].errors.keys() == data.keys()

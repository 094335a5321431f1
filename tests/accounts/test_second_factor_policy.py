"""Who has to have a second factor, and the way back for those who lost it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from accounts.models import Account, AuditEntry, Membership, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 9"
DAY_1, DAY_14, DAY_16 = "2026-11-24T10:00:00Z", "2026-12-07T10:00:00Z", "2026-12-09T10:00:00Z"
MALFORMED = ["0", "null", '""', "[]", "{}", "7", '{"id": 1}', '{"response": {}}', '{"id": "x", "response": 0}', "x"]


@pytest.fixture(autouse=True)
def _own_counts():
    cache.clear()


@pytest.fixture
def staff(db):
    return User.objects.create_user("stella@planradar.example", PASSWORD, name="Stella", is_staff=True)


@pytest.fixture
def with_factor(member):
    """A member who set up an authenticator app and recovery codes, and is signed in somewhere."""
    member.user.set_password(PASSWORD)
    member.user.save()
    TOTP.activate(member.user, generate_totp_secret())
    RecoveryCodes.activate(member.user)
    return member


def sign_in(user):
    client = Client()
    return client, client.post("/auth/login/", {"login": user.email, "password": PASSWORD})


def test_staff_have_a_term_and_are_led_to_the_set_up_once_it_is_over(staff, time_machine):
    answers = []
    for moment in (DAY_1, DAY_14, DAY_16):
        time_machine.move_to(moment, tick=False)
        client = sign_in(staff)[0]
        answers.append(client.get("/admin/"))

    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert (answers[-1].url, client.get("/auth/2fa/").status_code) == ("/auth/2fa/", 200)


def test_term_is_said_at_the_sign_in(staff, time_machine):
    time_machine.move_to(DAY_1, tick=False)

    page = sign_in(staff)[0].get("/admin/").content.decode()
    assert "second factor. Set one up" in page
    assert "8 December 2026" in page


@pytest.mark.parametrize(
    ("rule", "led"),
    [("nobody", []), ("managers", ["owner", "manager"]), ("everyone", ["owner", "manager", "member"])],
)
def test_owner_says_who_has_to_have_a_factor(owner, manager, member, client_of, time_machine, rule, led):
    Account.objects.filter(pk=owner.account_id).update(second_factor_for=rule)
    people = {"owner": owner, "manager": manager, "member": member}
    statuses = {}
    for moment in (DAY_1, DAY_16):
        time_machine.move_to(moment, tick=False)
        statuses = {
            name: client_of(one).get("/settings/profile/").headers.get("Location") for name, one in people.items()
        }

    assert [name for name, target in statuses.items() if target and target.endswith("/auth/2fa/")] == led


def test_owner_sets_the_rule_which_is_written_down(client_of, owner):
    client_of(owner).post("/settings/account/", {"name": "Alpha", "second_factor_for": "everyone"})

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.facts) == (
        "account.changed",
        {"second_factor_for": {"from": "nobody", "to": "everyone"}},
    )


def test_form_that_does_not_speak_of_the_rule_leaves_it(client_of, owner):
    Account.objects.update(second_factor_for="everyone")
    client_of(owner).post("/settings/account/", {"name": "Alpha 2"})

    assert Account.objects.values_list("name", "second_factor_for").get() == ("Alpha 2", "everyone")


def test_tokens_keep_working_after_the_term(owner, client, token_of, time_machine):
    Account.objects.update(second_factor_for="everyone")
    User.objects.update(second_factor_due_at=DAY_1)
    secret = token_of(owner)

    answer = client.get(f"/api/v2/{owner.account_id}/projects", headers={"X-PlanRadar-API-Key": secret})
    assert answer.status_code == 200


def test_those_who_have_to_have_a_factor_keep_their_last_one(with_factor, client_of):
    Account.objects.update(second_factor_for="everyone")
    answer = client_of(with_factor).post("/auth/2fa/totp/deactivate/")

    assert (answer.status_code, Authenticator.objects.filter(type="totp").count()) == (200, 1)


def test_factor_that_is_removed_ends_other_sign_ins(with_factor, client_of):
    client = client_of(with_factor)
    UserSession.objects.create(user=with_factor.user, session_key="elsewhere", ip="192.0.2.1", user_agent="x")
    client.post("/auth/2fa/totp/deactivate/")

    assert (Authenticator.objects.count(), UserSession.objects.count()) == (0, 0)


def test_owner_lets_in_somebody_who_lost_their_factor(with_factor, owner, client_of, mails):
    client = client_of(owner)
    page = client.get(f"/users/{with_factor.pk}/").content.decode()
    client.post(f"/users/{with_factor.pk}/second-factor/")

    assert "Remove second factor" in page
    assert sign_in(with_factor.user)[1].url == "/"
    assert AuditEntry.objects.get().action == "sign_in.factors_reset"
    assert "second factors removed by the account owner" in mails()[0].body


def test_owner_takes_no_factor_away_that_another_account_trusts(with_factor, owner, stranger, client_of):
    Membership.objects.create(account=stranger.account, user=with_factor.user)

    assert client_of(owner).post(f"/users/{with_factor.pk}/second-factor/").status_code == 403
    assert Authenticator.objects.exists()


def test_owner_takes_no_factor_of_staff_away(with_factor, owner, client_of):
    User.objects.filter(pk=with_factor.user_id).update(is_staff=True)

    assert client_of(owner).post(f"/users/{with_factor.pk}/second-factor/").status_code == 403


@pytest.mark.parametrize("credential", MALFORMED)
def test_malformed_passkey_locks_nobody_out(member, client_of, credential):
    member.user.set_password(PASSWORD)
    member.user.save()
    client = client_of(member)
    client.get("/auth/2fa/webauthn/add/")
    answer = client.post("/auth/2fa/webauthn/add/", {"name": "Key", "credential": credential})

    assert (answer.status_code, Authenticator.objects.count()) == (200, 0)
    assert sign_in(member.user)[1].url == "/"

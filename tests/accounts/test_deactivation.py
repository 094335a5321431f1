"""Offboarding in one step, after a page that says what will stop working."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Invitation, Membership, User
from tokens.models import PersonalAccessToken

pytestmark = pytest.mark.django_db


def address(member, name="user_deactivate"):
    return reverse(f"accounts:{name}", args=[member.pk])


@pytest.fixture
def signed_in():
    """Sign in with a password, as people do."""

    def signed_in(member):
        member.user.set_password("correct horse 9")
        member.user.save()
        client = Client()
        client.post("/auth/login/", {"login": member.user.email, "password": "correct horse 9"})
        return client

    return signed_in


def test_page_lists_what_will_stop_working(client_of, owner, manager, invite, token_of):
    token_of(manager, "ERP import")
    invite("nora@new.example", sender=manager)
    text = client_of(owner).get(address(manager)).content.decode()

    assert "1 token is deleted" in text
    assert "ERP import" in text
    assert "Invitations that they sent are revoked: nora@new.example." in text


def test_sign_ins_tokens_and_invitations_end_together(client_of, signed_in, owner, manager, invite, token_of):
    browser = signed_in(manager)
    token_of(manager)
    invite("nora@new.example", sender=manager)

    client_of(owner).post(address(manager))

    assert browser.get("/users/").status_code == 302
    assert not UserSession.objects.filter(user=manager.user).exists()
    assert PersonalAccessToken.objects.get().revoked_by == owner.user
    assert not Invitation.objects.exists()
    assert not User.objects.filter(email="nora@new.example").exists()


def test_end_is_written_down_with_fingerprints_alone(client_of, signed_in, owner, member):
    key = signed_in(member).session.session_key
    client_of(owner).post(address(member))

    entry = AuditEntry.objects.get(action="user.deactivated")
    assert [len(mark) for mark in entry.facts["sign_ins"]] == [8]
    assert key not in entry.detail


def test_person_of_two_accounts_stays_signed_in_to_the_other(client_of, signed_in, owner, member, stranger):
    Membership.objects.create(account=stranger.account, user=member.user)
    browser = signed_in(member)

    client_of(owner).post(address(member))

    answer = browser.get("/projects/", follow=True)
    assert (answer.status_code, answer.context["frame"].account) == (200, stranger.account)


def test_reactivated_user_comes_back_with_rights_and_without_tokens(client_of, owner, api_user, token_of):
    token_of(api_user)
    client = client_of(owner)
    client.post(address(api_user))
    client.post(address(api_user, "user_reactivate"))

    api_user.refresh_from_db()
    assert (api_user.is_active, api_user.has_api_access) == (True, True)
    assert not api_user.tokens.live().exists()


def test_get_deactivates_nobody(client_of, owner, member):
    client_of(owner).get(address(member))

    member.refresh_from_db()
    assert member.is_active


def test_deactivating_twice_is_written_down_once(client_of, owner, member):
    client = client_of(owner)
    client.post(address(member))
    client.post(address(member))

    assert AuditEntry.objects.filter(action="user.deactivated").count() == 1

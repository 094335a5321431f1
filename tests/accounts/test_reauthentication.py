"""Asking for the password again before rights change, users are created and the account is handed over."""

import time

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.http import urlencode

from accounts import addresses
from accounts.models import Membership
from tokens.models import PersonalAccessToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(member):
    """The addresses that ask."""
    of_member = [reverse(f"accounts:user_{act}", args=[member.pk]) for act in ("edit", "deactivate", "reactivate")]
    return [reverse("accounts:user_create"), reverse("accounts:owner_change"), *of_member]


def test_form_asks_before_it_is_shown(client_of, owner, asked):
    client = client_of(owner, seconds_ago=301)

    answers = [client.get(address) for address in asked]
    targets = [addresses.split(answer.headers.get("Location", "").split("?")[0])[1] for answer in answers]
    assert targets == ["/auth/reauthenticate/"] * 5


def test_whoever_signed_in_just_now_is_not_asked(client_of, owner, asked):
    client = client_of(owner, seconds_ago=200)

    assert {client.get(address).status_code for address in asked if "reactivate" not in address} == {200}


def test_form_that_is_sent_late_changes_nothing_and_leads_back(client_of, owner, member):
    client = client_of(owner, seconds_ago=301)
    address = reverse("accounts:user_edit", args=[member.pk])
    answer = client.post(address, {"name": "X", "kind": "internal"})

    member.refresh_from_db()
    here = f"/accounts/{member.account_id}"
    target = f"{here}/auth/reauthenticate/?{urlencode({'next': here + address})}"
    assert (answer.url, member.name) == (target, "Mia")
    assert [message.level_tag for message in get_messages(answer.wsgi_request)] == ["warning"]


def test_password_leads_back_to_the_form(client_of, owner):
    owner.user.set_password("correct horse 9")
    owner.user.save()
    client = client_of(owner, seconds_ago=301)
    address = reverse("accounts:user_create")
    page = client.get(address, follow=True)

    wrong = client.post("/auth/reauthenticate/", {"password": "wrong", "next": address})
    right = client.post("/auth/reauthenticate/", {"password": "correct horse 9", "next": address})

    assert "Confirm that it is you" in page.content.decode()
    assert (wrong.status_code, right.url, client.get(address).status_code) == (200, address, 200)


def test_what_was_typed_is_in_the_form_again(client_of, owner):
    owner.user.set_password("correct horse 9")
    owner.user.save()
    client = client_of(owner, seconds_ago=301)
    address = reverse("tokens:token_create")
    typed = {"name": "ERP import", "note": "Ada's", "networks": "10.0.0.0/8\n::1/128", "life": "7", "access": "read"}

    client.post(address, typed)
    client.post("/auth/reauthenticate/", {"password": "correct horse 9", "next": address})
    form = client.get(address).context["form"]

    assert {name: form[name].value() for name in typed} == typed
    assert client.get(address).context["form"]["name"].value() is None
    assert not PersonalAccessToken.objects.exists()


def test_what_was_typed_elsewhere_is_not_in_the_form(client_of, owner, member, manager):
    client = client_of(owner, seconds_ago=301)
    client.post(reverse("accounts:user_edit", args=[member.pk]), {"name": "X", "kind": "internal"})
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()

    page = client.get(reverse("accounts:user_edit", args=[manager.pk]))

    assert page.context["form"]["name"].value() == "Marek"


def test_person_without_the_right_is_refused_and_not_asked(client_of, member, asked):
    client = client_of(member, seconds_ago=301)

    assert {client.get(address).status_code for address in asked} == {403}


def test_address_of_another_site_is_not_led_to(client_of, owner):
    owner.user.set_password("correct horse 9")
    owner.user.save()
    answer = client_of(owner).post("/auth/reauthenticate/?next=https://evil.example/", {"password": "correct horse 9"})

    assert answer.url == "/"


def test_sign_in_of_somebody_else_in_the_same_browser_does_not_count(client_of, owner, manager):
    client = client_of(owner)
    session = client.session
    session["account_authentication_methods_user"] = str(manager.user_id)
    session.save()

    assert client.get(reverse("accounts:user_create")).status_code == 302
    assert not Membership.objects.filter(joined_at=None).exists()

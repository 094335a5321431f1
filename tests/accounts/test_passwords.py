"""Passwords that anybody guesses are refused with the reason; what is too long is never hashed."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_counts():
    cache.clear()


@pytest.fixture
def person(member):
    User.objects.filter(pk=member.user_id).update(name="Mia Steinbrecher", email="mia.s@alpha.example")
    member.user.refresh_from_db()
    return member.user


def reasons(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("PlanRadar2026!", "“planradar”, “2026”"),
        ("planradar-xyz", "“planradar”"),
        ("Alpha-2026-ab", "“alpha”, “2026”"),
        ("steinbrecher7", "“steinbrecher”"),
    ],
)
def test_password_of_context_words_is_refused_with_the_reason(person, password, words):
    assert f"Too easy to guess: it is mostly {words}." in reasons(password, person)


@pytest.mark.parametrize("password", ["password123", "qwertyuiop", "1234567890"])
def test_common_password_is_refused_with_the_reason(person, password):
    assert "This password is too common." in reasons(password, person)


@pytest.mark.parametrize(
    "password", ["correct horse 9", "planradar-vq7#tlu2w", "żółte słońce 17", "x" * 3 + "kpqzrtmv"]
)
def test_good_password_is_taken(person, password):
    assert reasons(password, person) == []


def test_account_of_the_person_counts_and_no_other(person, stranger):
    assert reasons("beta beta 19x", person) == []


@pytest.mark.parametrize("path", ["login", "reauthenticate", "password/change"])
def test_password_that_is_too_long_is_not_even_compared(member, client_of, path):
    long = "x" * 1001
    member.user.set_password(long)
    member.user.save()
    client = Client() if path == "login" else client_of(member)
    data = {"login": member.user.email, "password": long, "oldpassword": long}

    answer = client.post(f"/auth/{path}/", data)
    assert answer.status_code == 200
    assert "at most 1000 characters" in answer.content.decode()


def test_strength_is_shown_by_a_script_of_our_own(client_of, member):
    member.user.set_password("correct horse 9")
    member.user.save()
    page = client_of(member).get("/auth/password/change/").content.decode()

    assert 'data-strength="weak|fair|good|strong"' in page
    assert "js/password.js" in page

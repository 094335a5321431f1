"""Strangers who fail to sign in as somebody do not lock that person out."""

import re

import pytest
from django.core.cache import cache

from accounts.profile import sign_in_guard

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 9"


@pytest.fixture(autouse=True)
def _own_counts():
    cache.clear()


@pytest.fixture
def person(owner):
    owner.user.set_password(PASSWORD)
    owner.user.save()
    return owner


@pytest.fixture
def attempt(client, person):
    def attempt(password, address="192.0.2.1", email=None):
        data = {"login": email or person.user.email, "password": password}
        return client.post("/auth/login/", data, REMOTE_ADDR=address).status_code

    return attempt


@pytest.fixture
def attacked(attempt):
    for n in range(20):
        attempt("wrong", f"198.51.100.{n}")


def test_failures_from_one_address_end_attempts_from_there_alone(attempt):
    for _ in range(5):
        attempt("wrong", "198.51.100.7")

    assert (attempt(PASSWORD, "198.51.100.7"), attempt(PASSWORD, "192.0.2.1")) == (200, 302)


def test_failures_from_many_addresses_ask_for_a_link(attempt, attacked, person, mails):
    refused = attempt(PASSWORD)

    links = re.findall(r"http://\S+(/auth/unlock/\S+)", "".join(mail.body for mail in mails()))
    assert (refused, len(links)) == (200, 1)


def test_link_lets_its_browser_sign_in(attempt, attacked, client, mails):
    attempt(PASSWORD)
    link = re.findall(r"http://\S+(/auth/unlock/\S+)", mails()[-1].body)[0]

    client.get(link)

    assert attempt(PASSWORD) == 302


def test_one_link_an_hour_is_mailed(attempt, attacked, mails):
    for n in range(3):
        attempt("wrong", f"203.0.113.{n}")

    assert len(mails()) == 1


def test_unknown_e_mail_is_answered_alike_and_mailed_nothing(attempt, mails):
    for n in range(20):
        attempt("wrong", f"198.51.100.{n}", "nobody@alpha.example")

    assert attempt("wrong", email="nobody@alpha.example") == 200
    assert mails() == []


@pytest.mark.parametrize("token", ["x", "MQ:1abc:sig", ""])
def test_link_that_is_none_unlocks_nothing(client, token):
    client.get(f"/auth/unlock/{token or 'a'}/")

    assert sign_in_guard.UNLOCKED_KEY not in client.session


def test_person_who_is_signed_in_confirms_while_strangers_fail(attempt, attacked, client_of, person):
    browser = client_of(person, seconds_ago=301)

    answer = browser.post("/auth/reauthenticate/", {"password": PASSWORD, "next": "/users/"})

    assert (answer.status_code, answer.url) == (302, "/users/")


def test_link_to_an_old_e_mail_unlocks_nothing(attempt, attacked, client, mails, person):
    attempt(PASSWORD)
    link = re.findall(r"http://\S+(/auth/unlock/\S+)", mails()[-1].body)[0]
    person.user.email = "new@alpha.example"
    person.user.save()

    client.get(link)

    assert sign_in_guard.UNLOCKED_KEY not in client.session

"""Sign-ins and what changes them are written down: as JSON for machines, and for the person under Sign-ins."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import security_log
from accounts.models import SecurityEvent

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 9"


@pytest.fixture(autouse=True)
def _own_counts():
    cache.clear()


@pytest.fixture
def person(member):
    member.user.set_password(PASSWORD)
    member.user.save()
    return member.user


@pytest.fixture
def lines(caplog, monkeypatch):
    """Return the events that the installation's log holds."""
    monkeypatch.setattr(security_log.logger, "propagate", True)
    return lambda: [json.loads(record.message) for record in caplog.records if record.name == "planradar.security"]


def sign_in(person, password=PASSWORD, *, agent="Firefox", client=None):
    data = {"login": person.email, "password": password}
    return (client or Client()).post("/auth/login/", data, headers={"User-Agent": agent}, REMOTE_ADDR="192.0.2.1")


def test_sign_ins_and_failures_are_lines_of_json(person, lines):
    sign_in(person, "wrong horse 8")
    sign_in(person)

    assert [(line["event"], line["user"], line["ip"]) for line in lines()] == [
        ("sign_in.failed", person.pk, "192.0.2.1"),
        ("sign_in.succeeded", person.pk, "192.0.2.1"),
    ]
    assert "horse" not in json.dumps(lines())


def test_failure_for_an_unknown_e_mail_is_a_line_and_no_row(db, lines):
    Client().post("/auth/login/", {"login": "nobody@alpha.example", "password": "x"})

    assert ([line["user"] for line in lines()], SecurityEvent.objects.count()) == ([None], 0)


def test_act_of_staff_is_a_line(staff_client, api_user, lines):
    data = {"email": "ada@alpha.example", "name": "Ada L", "time_zone": "UTC", "language": "", "is_active": "on"}
    staff_client.post(f"/admin/accounts/user/{api_user.user_id}/change/", data)

    acts = [(line["on"], line["pk"]) for line in lines() if line["event"] == "staff.acted"]
    assert acts == [("user", str(api_user.user_id))]


def test_entry_of_the_audit_log_is_a_line(client_of, owner, lines, django_capture_on_commit_callbacks):
    client = client_of(owner)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/settings/account/", {"name": "Alpha 2"})

    assert [line["account"] for line in lines() if line["event"] == "account.changed"] == [owner.account_id]


def test_person_sees_what_happened_to_their_sign_in(person, member, stranger):
    client = Client()
    sign_in(person, "wrong horse 8", agent="Guesser")
    sign_in(person, client=client)
    page = client.get("/auth/sessions/").content.decode()

    assert [words in page for words in ("sign-in failed", "signed in", "Guesser")] == [True, True, True]


def test_new_browser_is_told_by_mail_and_known_from_then_on(person, mails):
    first, second = Client(), Client()
    sign_in(person, client=first)
    sign_in(person, client=second, agent="Chrome")
    second.post("/auth/logout/")
    sign_in(person, client=second, agent="Chrome, updated")

    told = [message for message in mails() if message.subject == "New sign-in to PlanRadar"]
    assert [("Chrome" in message.body, message.to) for message in told] == [(True, [person.email])]


def test_first_browser_is_no_news(person, mails):
    sign_in(person)

    assert mails() == []


def test_browser_is_new_again_after_a_new_password(person, mails):
    client = Client()
    sign_in(person, client=client)
    person.set_password("another horse 9")
    person.save()
    sign_in(person, "another horse 9", client=client, agent="Chrome")

    assert len(mails()) == 1


def test_browser_that_is_known_signs_in_while_strangers_guess(person):
    client = Client()
    sign_in(person, client=client)
    client.post("/auth/logout/")
    for number in range(20):
        data = {"login": person.email, "password": "wrong"}
        Client().post("/auth/login/", data, REMOTE_ADDR=f"198.51.100.{number}")

    assert [sign_in(person, client=client).status_code, sign_in(person).status_code] == [302, 200]


@pytest.mark.parametrize("cookie", ["x", "", "W10:1abc:sig", "\x00"])
def test_cookie_that_is_none_is_no_browser(person, cookie):
    client = Client()
    client.cookies["device"] = cookie

    assert sign_in(person, client=client).status_code == 302

"""The limit (R-T5), through the API."""

import itertools
import logging

import pytest
import redis
from django.conf import settings as django_settings

from accounts.models import Account, OutgoingMail
from tokens import emails
from tokens.models import LimitNotice
from tokens.rate_limit import limits


@pytest.fixture
def caller(api_user, make_token, call):
    Account.objects.update(api_rate_limit=3)
    _, secret = make_token(api_user)
    return lambda address="projects": call(secret, api_user.account, address=address)


@pytest.mark.django_db
def test_r_t5_default_is_thirty_a_minute_over_all_tokens(api_user, owner, make_token, call):
    Account.objects.update(api_rate_limit=None)
    tokens = itertools.cycle([make_token(api_user)[1], make_token(api_user)[1], make_token(owner)[1]])

    answers = [call(next(tokens), owner.account) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[0].headers["RateLimit-Policy"] == '"account";q=30;w=60'


@pytest.mark.django_db
def test_limits_of_accounts_are_their_own(caller, stranger, make_token, call):
    for _ in range(4):
        caller()
    _, secret = make_token(stranger)

    assert call(secret, stranger.account).status_code == 200


@pytest.mark.django_db
def test_asking_for_the_limit_is_free_and_works_when_it_is_used_up(caller):
    for _ in range(3):
        caller()
    answers = [caller("rate_limit") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    standing = answers[0].json()["data"]["attributes"]
    assert (standing["limit"], standing["remaining"], standing["window"]) == (3, 0, 60)
    assert 1 <= standing["reset"] <= 60
    assert answers[0].headers["X-RateLimit-Remaining"] == "0"
    assert caller().status_code == 429


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["projects", "projects?page=x", "projects/0/tickets/x", "nothing"])
def test_answers_of_every_kind_tell_the_standing(caller, address):
    answer = caller(address)
    expected = None if address == "nothing" else "2"

    assert answer.headers.get("X-RateLimit-Remaining") == expected


@pytest.mark.django_db
def test_raised_limit_is_in_force_at_once_and_keeps_the_log(caller):
    used_up = [caller().status_code for _ in range(4)]
    Account.objects.update(api_rate_limit=5)
    raised = [caller().status_code for _ in range(3)]
    Account.objects.update(api_rate_limit=3)

    assert used_up == [200, 200, 200, 429]
    assert raised == [200, 200, 429]
    assert caller().status_code == 429


@pytest.mark.django_db
def test_owner_is_told_once_a_day_that_the_limit_is_reached(caller, owner, ago):
    for _ in range(6):
        caller()
    once = [(mail.to, mail.subject) for mail in OutgoingMail.objects.all()]
    emails._asked.clear()
    caller()
    LimitNotice.objects.update(sent_at=ago(days=1))
    emails._asked.clear()
    caller()

    assert once == [(owner.user.email, "Alpha has reached its API limit")]
    assert OutgoingMail.objects.count() == 2


@pytest.fixture
def dead_store(monkeypatch, settings):
    """A Redis that nobody answers for."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits.window.cache_clear()
    yield
    limits.window.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("dead_store")
def test_failed_store_limits_in_memory_and_says_so_once(caller, caplog):
    with caplog.at_level(logging.WARNING, logger="tokens.rate_limit.limits"):
        answers = [caller().status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]
    assert [record.getMessage() for record in caplog.records if record.name == "tokens.rate_limit.limits"] == [
        "The store of the API limit failed (ConnectionError): limiting by process."
    ]


def _until_end(monitor):
    """Yield what any process asks of the server, up to the mark."""
    for command in monitor.listen():
        if command["command"].lower().startswith("echo end"):
            return
        yield command


@pytest.mark.skipif(not django_settings.REDIS_URL, reason="needs REDIS_URL")
@pytest.mark.django_db
def test_a_request_is_one_call_to_redis(caller):
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    number = client.connection_pool.connection_kwargs["db"]
    marker = redis.Redis.from_url(django_settings.REDIS_URL)
    marker.ping()  # which connects, before anything is counted
    caller()
    with client.monitor() as monitor:
        caller()
        marker.echo("end")
        seen = list(_until_end(monitor))

    asked = [one for one in seen if one["db"] == number and one["client_type"] != "lua"]
    assert [one["command"].split()[0].lower() for one in asked] == ["evalsha"]

"""What counts in the cache goes on without it."""

import logging

import pytest
from django.core.cache import caches
from django.urls import reverse

from accounts.models import Membership
from lib import fallback_cache
from lib.circuit_breaker import CircuitBreaker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dead_cache")]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(
        fallback_cache, "outage", CircuitBreaker(fallback_cache.outage._logger, fallback_cache.outage._message)
    )


def test_people_sign_in_and_ask_for_passwords(client, owner):
    owner.user.set_password("correct horse 9")
    owner.user.save()

    reset = client.post("/auth/password/reset/", {"email": owner.user.email})
    wrong = [client.post("/auth/login/", {"login": owner.user.email, "password": "x"}) for _ in range(2)]
    right = client.post("/auth/login/", {"login": owner.user.email, "password": "correct horse 9"})

    assert [answer.status_code for answer in (reset, *wrong, right)] == [302, 200, 200, 302]


def test_people_are_invited(client_of, owner):
    filled_in = {"name": "Nora", "email": "nora@new.example", "kind": "internal"}
    client_of(owner).post(reverse("accounts:user_create"), filled_in)

    assert Membership.objects.filter(joined_at=None).count() == 1


def test_failure_is_said_once_a_minute_and_the_count_goes_on(caplog):
    cache = caches["default"]
    with caplog.at_level(logging.WARNING, logger="lib.fallback_cache"):
        numbers = [cache.add("number", 1, 60), cache.incr("number"), cache.incr("number"), cache.get("number")]

    assert numbers == [True, 2, 3, 3]
    assert [record.getMessage() for record in caplog.records] == [
        "The cache failed (ConnectionError): counting by process."
    ]

"""`Idempotency-Key`: the same request twice does its work once."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from tests.api.conftest import Caller
from tickets.models import Ticket
from tokens.models import KeptAnswer

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "order-7"}


def test_repetition_is_answered_as_before_and_does_nothing(api, tickets):
    first, second = (api.post(tickets, {"subject": "x"}, headers=KEY) for _time in range(2))

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert ("Idempotency-Replayed" in first.headers, second.headers["Idempotency-Replayed"]) == (False, "true")
    assert Ticket.objects.count() == 1


def test_key_with_another_body_is_a_422(api, tickets):
    api.post(tickets, {"subject": "x"}, headers=KEY)

    assert api.post(tickets, {"subject": "y"}, headers=KEY).status_code == 422
    assert Ticket.objects.count() == 1


def test_key_is_free_again_after_a_day(api, tickets):
    api.post(tickets, {"subject": "x"}, headers=KEY)
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))

    assert api.post(tickets, {"subject": "y"}, headers=KEY).status_code == 201


def test_what_failed_may_be_sent_again(api, tickets):
    assert api.post(tickets, {"status-id": 9}, headers=KEY).status_code == 422
    assert api.post(tickets, {"status-id": 1}, headers=KEY).status_code == 201


def test_key_of_one_is_not_the_key_of_another(api, tickets, owner, token_of, client):
    api.post(tickets, {"subject": "x"}, headers=KEY)
    another = Caller(client, owner.account, token_of(owner))

    assert another.post(tickets, {"subject": "y"}, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ü"])
def test_nonsense_is_no_key(api, tickets, key):
    assert api.post(tickets, {}, headers={"Idempotency-Key": key}).status_code == 400


def test_answer_is_kept_encrypted(api, tickets):
    api.post(tickets, {"subject": "Visible"}, headers=KEY)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT content FROM tokens_keptanswer")
        assert "Visible" not in cursor.fetchone()[0]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one at a time anyway")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_it_once(api, tickets):
    answers = []

    def send():
        caller = Caller(Client(), api.account, api.secret)
        answers.append(caller.post(tickets, {"subject": "x"}, headers=KEY).content)
        connections.close_all()

    threads = [Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(answers), len(set(answers)), Ticket.objects.count()) == (4, 1, 1)

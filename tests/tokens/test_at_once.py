"""What happens to an act on a token while another act on the account is not finished yet."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.audit import log as audit_log
from accounts.models import Account, AuditEntry, Membership
from tokens.models import PersonalAccessToken

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one at a time anyway"),
]
NEW = {"name": "ERP", "life": "never", "access": "write"}


@pytest.fixture
def concurrently(account):
    """Let `act` begin, and wait for the account; then do `change` and let it go on. Return what `act` returned."""

    def concurrently(act, change):
        ends = []

        def run():
            ends.append(act())
            connection.close()

        with transaction.atomic():
            audit_log.lock(account)
            thread = threading.Thread(target=run)
            thread.start()
            time.sleep(1)
            change()
        thread.join(30)
        return ends[0]

    return concurrently


def test_edit_restores_nothing_that_a_concurrent_edit_removes(concurrently, api_user, client_of, make_token):
    token, _ = make_token(api_user)
    client, address = client_of(api_user), reverse("tokens:token_edit", args=[token.pk])
    narrowed = {"can_write": False, "expires_at": timezone.now() + timedelta(days=1)}

    concurrently(lambda: client.post(address, {"name": "SAP"}), lambda: PersonalAccessToken.objects.update(**narrowed))

    token.refresh_from_db()
    assert (token.name, token.can_write, token.expires_at) == ("SAP", False, narrowed["expires_at"])


def test_no_token_is_made_for_a_user_who_is_being_deactivated(concurrently, api_user, client_of):
    client, address = client_of(api_user), reverse("tokens:token_create")

    answer = concurrently(
        lambda: client.post(address, NEW | {"idempotency_key": uuid.uuid4()}),
        lambda: Membership.objects.filter(pk=api_user.pk).update(is_active=False),
    )

    assert (answer.status_code, PersonalAccessToken.objects.count()) == (403, 0)


def test_token_keeps_to_a_longest_life_that_is_just_being_set(concurrently, account, api_user, client_of):
    client, address = client_of(api_user), reverse("tokens:token_create")

    concurrently(
        lambda: client.post(address, NEW | {"idempotency_key": uuid.uuid4()}),
        lambda: Account.objects.filter(pk=account.pk).update(max_token_lifetime_days=30),
    )

    assert PersonalAccessToken.objects.get().expires_at <= timezone.now() + timedelta(days=30)


def test_token_deleted_concurrently_gets_no_successor(concurrently, api_user, client_of, make_token):
    token, _ = make_token(api_user)
    client, address = client_of(api_user), reverse("tokens:token_rotate", args=[token.pk])

    answer = concurrently(
        lambda: client.post(address, {"overlap": "use", "life": "90", "idempotency_key": uuid.uuid4()}),
        lambda: token.revoke(by=None),
    )

    assert (answer.status_code, PersonalAccessToken.objects.count()) == (404, 1)


def test_first_uses_at_once_end_the_old_token_once(account, api_user, make_token, call):
    old, _ = make_token(api_user)
    _, secret = old.rotate(overlap=None, expires_at=None, idempotency_key=uuid.uuid4(), now=timezone.now())
    start, statuses = threading.Barrier(4), []

    def use():
        start.wait()
        statuses.append(call(secret, account).status_code)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert statuses == [200] * 4
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["token.superseded"]

"""Acts on tokens and limits: each is in the audit log, without the secret; the weighty ones ask for the password."""

import time
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse
from django.utils import timezone

from accounts import addresses
from accounts.models import AuditEntry
from tokens.models import PersonalAccessToken
from tokens.reminders import send_due

pytestmark = pytest.mark.django_db
NEW = {"name": "ERP", "life": "90", "access": "write"}


def actions():
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


@pytest.fixture
def stale(api_user, client_of):
    """Somebody whose sign-in was six minutes ago."""
    client = client_of(api_user)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 360
    session.save()
    return client


def test_every_act_on_a_token_is_written_down_without_its_secret(api_user, client_of, call):
    client = client_of(api_user)
    answer = client.post(reverse("tokens:token_create"), NEW | {"idempotency_key": uuid.uuid4()})
    secret, token = answer.context["secret"], PersonalAccessToken.objects.get()
    client.post(reverse("tokens:token_edit", args=[token.pk]), {"name": "SAP", "read_only": "on"})
    client.post(
        reverse("tokens:token_rotate", args=[token.pk]),
        {"overlap": "use", "life": "90", "idempotency_key": uuid.uuid4()},
    )
    successor = PersonalAccessToken.objects.get(predecessor=token)
    client.post(reverse("tokens:token_delete", args=[successor.pk]))

    assert actions() == ["token.created", "token.changed", "token.rotated", "token.deleted"]
    written = str(list(AuditEntry.objects.values()))
    assert [text in written for text in (secret, token.digest, "SAP")] == [False, False, True]


def test_first_use_of_a_successor_is_written_down_once(api_user, make_token, call):
    old, _ = make_token(api_user)
    _, secret = old.rotate(overlap=None, expires_at=None, idempotency_key=uuid.uuid4(), now=timezone.now())
    for _ in range(2):
        call(secret, api_user.account)

    assert actions() == ["token.superseded"]
    assert AuditEntry.objects.get().via == "token"


def test_end_of_a_token_is_written_down_once(api_user, make_token, ago):
    make_token(api_user, expires_at=ago(hours=1), now=ago(days=30))
    for _ in range(2):
        send_due(timezone.now())

    assert actions() == ["token.expired"]


def test_longest_life_is_written_down(owner, client_of):
    client_of(owner).post(reverse("tokens:account_tokens"), {"max_token_lifetime_days": 30})

    assert actions() == ["token.policy_changed"]


def test_offboarding_gives_its_reason(api_user, owner, make_token, client_of):
    token, _ = make_token(api_user)
    client_of(owner).post(reverse("accounts:user_deactivate", args=[api_user.pk]))

    token.refresh_from_db()
    assert (token.revocation_reason, token.revoked_by) == ("offboarded", owner.user)


@pytest.mark.parametrize("method", ["get", "post"])
def test_creating_asks_for_the_password_after_five_minutes(stale, method):
    answer = getattr(stale, method)(reverse("tokens:token_create"), NEW | {"idempotency_key": uuid.uuid4()})

    path = addresses.split(answer.url.split("?")[0])[1]
    assert (answer.status_code, path) == (302, reverse("account_reauthenticate"))
    assert not PersonalAccessToken.objects.exists()


def test_rotating_asks_for_the_password_after_five_minutes(stale, api_user, make_token):
    token, _ = make_token(api_user)

    answer = stale.post(
        reverse("tokens:token_rotate", args=[token.pk]), {"overlap": "0", "idempotency_key": uuid.uuid4()}
    )

    token.refresh_from_db()
    assert (answer.status_code, token.is_live) == (302, True)


def test_narrowing_and_deleting_ask_for_no_password(stale, api_user, make_token):
    token, _ = make_token(api_user)

    answer = stale.post(reverse("tokens:token_delete", args=[token.pk]))

    assert addresses.split(answer.url)[1] == reverse("tokens:token_list")
    assert SESSION_KEY in stale.session


def test_secret_is_nowhere_but_in_the_answer(api_user, client_of, caplog):
    client = client_of(api_user)
    answer = client.post(reverse("tokens:token_create"), NEW | {"idempotency_key": uuid.uuid4()})
    secret = answer.context["secret"]

    places = [
        caplog.text,
        str(dict(client.session)),
        str(answer.headers),
        str(client.cookies),
        answer.request["PATH_INFO"],
    ]
    assert [secret in place for place in places] == [False] * 5
    assert answer.content.decode().count(secret) == 1


def test_second_deletion_does_not_rewrite_the_first(api_user, owner, make_token):
    token, _ = make_token(api_user)
    same = PersonalAccessToken.objects.get(pk=token.pk)
    token.revoke(by=api_user.user, now=timezone.now() - timedelta(hours=1))
    same.revoke(by=owner.user)

    assert same.revoked_by == api_user.user

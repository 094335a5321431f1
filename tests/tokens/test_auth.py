"""Who may call the API, looked at afresh on every request."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from tokens import lookup, token_format
from tokens.models import PersonalAccessToken
from tokens.rate_limit import limits

pytestmark = pytest.mark.django_db
INVENTED = f"prpat_{'0' * 40}"
UNKNOWN = INVENTED + token_format.checksum(INVENTED)


def test_r_t1_token_authenticates_software_as_its_user(api_user, make_token, call, project):
    _, secret = make_token(api_user)

    answer = call(secret, api_user.account, "POST", f"projects/{project.pk}/tickets", b'{"data": {"attributes": {}}}')

    assert answer.status_code == 201
    assert project.tickets.get().author == api_user.user


@pytest.mark.parametrize(
    "take_away",
    [
        lambda token: token.revoke(by=None),
        lambda token: token.supersede(timezone.now()),
        lambda token: PersonalAccessToken.objects.update(expires_at=timezone.now()),
        lambda token: User.objects.filter(memberships__tokens=token).update(is_active=False),
        lambda token: Membership.objects.filter(tokens=token).update(is_active=False),
        lambda token: Membership.objects.filter(tokens=token).update(has_api_access=False),
        lambda token: Membership.objects.filter(tokens=token).update(has_api_access=False, kind="external"),
    ],
    ids=["revoked", "superseded", "expired", "user", "membership", "access", "external"],
)
def test_r_a2_what_is_taken_away_ends_at_the_very_next_request(api_user, make_token, call, take_away):
    token, secret = make_token(api_user)

    before = call(secret, api_user.account).status_code
    take_away(token)
    assert (before, call(secret, api_user.account).status_code) == (200, 401)


def test_owner_has_api_access_without_the_mark(owner, make_token, call):
    _, secret = make_token(owner)

    assert (owner.has_api_access, call(secret, owner.account).status_code) == (False, 200)


def test_expired_token_is_told_that_and_when(api_user, make_token, call):
    at = timezone.now().replace(microsecond=0) - timedelta(days=2)
    _, secret = make_token(api_user, expires_at=at)

    answer = call(secret, api_user.account)

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert (answer.json()["type"], answer.json()["expired-at"]) == ("/api/docs/#token-expired", at.isoformat())
    assert at.isoformat() in answer.json()["detail"]


def test_expired_token_of_somebody_deactivated_is_told_nothing(api_user, make_token, call, ago):
    _, secret = make_token(api_user, expires_at=ago(days=1))
    Membership.objects.filter(pk=api_user.pk).update(is_active=False)

    assert call(secret, api_user.account).json() == call(UNKNOWN, api_user.account).json()


def test_read_only_token_reads_and_does_not_write(api_user, make_token, call, project):
    _, secret = make_token(api_user, can_write=False)
    tickets = f"projects/{project.pk}/tickets"

    refused = call(secret, api_user.account, "POST", tickets, b'{"data": {"attributes": {}}}')

    assert call(secret, api_user.account, "GET", tickets).status_code == 200
    assert (refused.status_code, refused.json()["type"]) == (403, "/api/docs/#token-read-only")
    assert refused.headers["X-RateLimit-Remaining"] == "9999"
    assert not project.tickets.exists()


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        (["10.0.0.0/8"], "10.2.3.4", 200),
        (["10.0.0.0/8"], "::ffff:10.2.3.4", 200),
        (["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", 200),
        (["10.0.0.0/8"], "11.2.3.4", 403),
        (["10.0.0.0/8"], "2001:db8::1", 403),
        (["10.0.0.0/8"], "", 403),
        ([], "", 200),
        ([], "fe80::1%eth0", 200),
    ],
)
def test_allowed_networks(api_user, make_token, call, networks, address, status):
    token, secret = make_token(api_user, networks=networks)

    answer = call(secret, api_user.account, REMOTE_ADDR=address)

    token.refresh_from_db()
    assert answer.status_code == status
    assert (token.last_used_at is not None) == (status == 200)


def test_forwarded_addresses_are_not_believed(api_user, make_token, call):
    _, secret = make_token(api_user, networks=["10.0.0.0/8"])

    assert call(secret, api_user.account, headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 403


def test_foreign_network_costs_the_account_nothing(api_user, make_token, call):
    _, secret = make_token(api_user, networks=["10.0.0.0/8"])

    answer = call(secret, api_user.account)

    assert answer.json()["type"] == "/api/docs/#network-not-allowed"
    assert answer.headers["X-RateLimit-Remaining"] == "10000"


@pytest.mark.usefixtures("still")
def test_failed_keys_are_limited_by_address(api_user, make_token, call, account):
    _, secret = make_token(api_user)

    answers = [call(UNKNOWN, account) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert call(UNKNOWN, account, REMOTE_ADDR="192.0.2.7").status_code == 401
    assert call(secret, account).status_code == 200


@pytest.mark.usefixtures("still")
def test_failed_keys_from_one_network_of_64_bits_share_a_limit(account, call):
    answers = [call(UNKNOWN, account, REMOTE_ADDR=f"2001:db8::{n}").status_code for n in range(1, 32)]

    assert answers == [401] * 30 + [429]
    assert call(UNKNOWN, account, REMOTE_ADDR="2001:db8:0:1::1").status_code == 401


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("end", ["expired", "revoked"])
def test_known_tokens_that_ended_do_not_count_as_failed_keys(api_user, make_token, call, ago, end):
    token, secret = make_token(api_user, expires_at=ago(days=1) if end == "expired" else None)
    if end == "revoked":
        token.revoke(by=None)

    assert [call(secret, api_user.account).status_code for _ in range(40)] == [401] * 40
    assert call(UNKNOWN, api_user.account).status_code == 401


@pytest.mark.usefixtures("still")
def test_failed_keys_without_their_store_are_limited_by_the_process(account, call, dead_cache):
    assert [call(UNKNOWN, account).status_code for _ in range(31)] == [401] * 30 + [429]


def test_one_query_and_one_call_to_the_store(api_user, make_token, call, django_assert_num_queries, monkeypatch):
    _, secret = make_token(api_user)
    call(secret, api_user.account)
    calls, window = [], limits.window()
    consume = window.consume
    monkeypatch.setattr(window, "consume", lambda *args: calls.append(args) or consume(*args))

    with django_assert_num_queries(1):
        assert call(secret, api_user.account, address="rate_limit").status_code == 200
    assert len(calls) == 1


def test_last_use_is_noted_once_a_minute(api_user, make_token, call, ago):
    token, secret = make_token(api_user)
    call(secret, api_user.account, headers={"User-Agent": "first/1\x00"})
    call(secret, api_user.account, headers={"User-Agent": "second/2"}, REMOTE_ADDR="192.0.2.9")
    token.refresh_from_db()
    first = (token.last_used_agent, token.last_used_ip)
    PersonalAccessToken.objects.update(last_used_at=ago(seconds=61))

    call(secret, api_user.account, headers={"User-Agent": "third/3"}, REMOTE_ADDR="192.0.2.9")
    token.refresh_from_db()

    assert first == ("first/1", "127.0.0.1")
    assert (token.last_used_agent, token.last_used_ip) == ("third/3", "192.0.2.9")


def test_lookup_returns_what_the_orm_does(api_user, make_token, django_assert_num_queries):
    _, secret = make_token(api_user, networks=["10.0.0.0/8"], expires_at=timezone.now())
    expected = PersonalAccessToken.objects.with_people().get()

    with django_assert_num_queries(1):
        found = lookup.with_secret(secret)
        people = [found.membership, found.membership.user, found.membership.account]
    assert [vars_of(row) for row in (found, *people)] == [
        vars_of(row) for row in (expected, expected.membership, expected.membership.user, expected.membership.account)
    ]


def vars_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_lookup_tries_every_pepper(api_user, make_token, settings):
    token, secret = make_token(api_user)
    settings.TOKEN_PEPPERS = ["new", *settings.TOKEN_PEPPERS]

    assert lookup.with_secret(secret) == token
    assert lookup.with_secret(UNKNOWN) is None


def test_secret_is_found_by_digest_alone(api_user, make_token):
    token, secret = make_token(api_user)

    assert secret not in str(PersonalAccessToken.objects.values().get())
    assert token.digest == token_format.digest(secret)


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER ", "Bearer   ", "  Bearer  "])
@pytest.mark.parametrize("key", [None, "", " "])
def test_bearer_is_read_in_any_case_after_any_spaces_beside_an_empty_key(client, api_user, make_token, scheme, key):
    _, secret = make_token(api_user)
    headers = {"Authorization": f"{scheme}{secret} "} | ({} if key is None else {"X-PlanRadar-API-Key": key})

    for path in (f"/api/v2/{api_user.account.pk}/projects", "/api/openapi.json"):
        assert client.get(path, headers=headers).status_code == 200

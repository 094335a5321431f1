from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from tokens.models import AccountHour, PersonalAccessToken, TokenAddress, TokenDay
from tokens.rate_limit import limits, usage

pytestmark = pytest.mark.django_db
LISTED = "GET /api/v2/{customer_id}/projects"


@pytest.fixture
def used(api_user, make_token, call):
    """A token that was used twice from one address and once from another, and refused once."""
    Account.objects.update(api_rate_limit=3)
    token, secret = make_token(api_user)
    for address in ("192.0.2.1", "192.0.2.1", "2001:db8::1", "192.0.2.9"):
        call(secret, api_user.account, REMOTE_ADDR=address, headers={"User-Agent": "erp/2"})
    token.refresh_from_db()
    return token


def test_use_is_counted_by_day_operation_and_address(used):
    usage.flush()
    usage.flush()

    today = datetime.now(UTC).date()
    assert list(TokenDay.objects.order_by("pk").values_list("token", "day", "operation", "served", "refused")) == [
        (used.pk, today, LISTED, 3, 1)
    ]
    assert set(TokenAddress.objects.values_list("address", "agent")) == {
        ("192.0.2.1", "erp/2"),
        ("2001:db8::1", "erp/2"),
    }
    assert list(AccountHour.objects.values_list("account", "served", "refused")) == [(used.account.pk, 3, 1)]


def test_counts_add_up(used, api_user, make_token, call):
    usage.flush()
    Account.objects.update(api_rate_limit=100)
    _, secret = make_token(api_user)
    for _ in range(5):
        call(secret, api_user.account)
    usage.flush()

    assert AccountHour.objects.get().served == 8
    assert sorted(TokenDay.objects.values_list("served", flat=True)) == [3, 5]


def test_counts_of_a_token_that_is_gone_are_dropped(used):
    AccountHour.objects.all().delete()
    PersonalAccessToken.objects.filter(pk=used.pk).delete()
    usage.flush()

    assert not AccountHour.objects.exists()


def test_database_that_fails_breaks_no_request(api_user, make_token, call, monkeypatch):
    def fail(counts):
        raise DatabaseError

    monkeypatch.setattr(usage, "_write", fail)
    _, secret = make_token(api_user)

    assert call(secret, api_user.account).status_code == 200


def test_page_shows_use_as_plot_and_table(used, api_user, client_of):
    page = client_of(api_user).get(reverse("tokens:token_detail", args=[used.pk])).content.decode()

    assert page.count('<rect class="bar-ok"') == 1
    assert page.count('<rect class="bar-bad"') == 1
    assert page.count("<tr>") >= 30
    assert [text in page for text in (LISTED, "192.0.2.1", "2001:db8::1", "erp/2")] == [True] * 4


@pytest.mark.parametrize("page", ["delete", "rotate"])
def test_pages_say_what_would_break(used, api_user, client_of, page):
    TokenDay.objects.create(token=used, day=timezone.now().date() - timedelta(days=3), operation="x", served=4208)
    TokenDay.objects.create(token=used, day=timezone.now().date() - timedelta(days=31), operation="x", served=9999)
    PersonalAccessToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=3, seconds=5))

    answer = client_of(api_user).get(reverse(f"tokens:token_{page}", args=[used.pk]))

    fact = "In the last 30 days: 4,211 requests, 2 addresses, last 3\xa0minutes ago."
    assert answer.context["consequences"][0] == fact


def test_unused_token_breaks_nothing(api_user, make_token, client_of):
    token, _ = make_token(api_user)

    answer = client_of(api_user).get(reverse("tokens:token_delete", args=[token.pk]))

    assert answer.context["consequences"][0] == "Nothing used it in the last 30 days."


def test_old_counts_are_forgotten(used):
    usage.flush()
    usage.forget(timezone.now())
    kept = TokenDay.objects.count(), TokenAddress.objects.count(), AccountHour.objects.count()
    usage.forget(timezone.now() + timedelta(days=32))

    assert kept == (1, 2, 1)
    assert not TokenDay.objects.exists()


def test_agent_with_separators_is_kept_whole(api_user, make_token, call):
    token, secret = make_token(api_user)
    call(secret, api_user.account, headers={"User-Agent": "a|b|c ü"})
    usage.flush()

    assert token.addresses.get().agent == "a|b|c ü"
    assert limits.window().drain().uses == {}

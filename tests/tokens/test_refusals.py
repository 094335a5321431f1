"""Real tokens that are refused leave a trace: on their page, in the audit log, in a mail a day."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership, OutgoingMail
from tests.tokens.test_auth import UNKNOWN
from tokens import refusals
from tokens.models import TokenRefusal

pytestmark = pytest.mark.django_db
AGENT = {"User-Agent": "curl/8"}


@pytest.fixture(autouse=True)
def _budget(monkeypatch):
    monkeypatch.setattr(refusals, "_budget", refusals._Budget())


def entries():
    return [(entry.action, entry.facts["reason"], entry.ip) for entry in AuditEntry.objects.all()]


def test_token_from_a_forbidden_network_is_counted_shown_audited_and_told_once_a_day(
    api_user, owner, make_token, call, client_of
):
    token, secret = make_token(api_user, name="ERP", networks=["10.0.0.0/8"])
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        call(secret, api_user.account, REMOTE_ADDR=address, headers=AGENT)

    row = TokenRefusal.objects.get()
    assert (row.reason, row.count, row.last_address, row.last_agent) == ("network", 3, "192.0.2.2", "curl/8")
    assert entries() == [("token.refused", "network", "192.0.2.1")]
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == [api_user.user.email, owner.user.email]
    page = client_of(api_user).get(reverse("tokens:token_detail", args=[token.pk])).content.decode()
    assert "from a network that is not allowed" in page


@pytest.mark.parametrize("reason", ["expired", "superseded", "revoked", "stopped"])
def test_token_that_is_over_leaves_a_trace(api_user, make_token, call, ago, reason):
    token, secret = make_token(api_user, expires_at=ago(days=1) if reason == "expired" else None)
    if reason == "superseded":
        token.supersede(timezone.now())
    if reason == "revoked":
        token.revoke(by=None)
    if reason == "stopped":
        Membership.objects.filter(pk=api_user.pk).update(has_api_access=False)

    assert call(secret, api_user.account).status_code == 401
    assert entries() == [("token.refused", reason, "127.0.0.1")]


def test_next_day_is_told_again_and_two_reasons_of_a_day_are_told_once(api_user, make_token):
    token, _ = make_token(api_user)
    now = timezone.now()
    for reason, at in (("network", now), ("expired", now), ("expired", now + timedelta(days=1))):
        refusals.note(token, reason, address="192.0.2.1", agent="", now=at)

    assert (len(entries()), OutgoingMail.objects.filter(to=api_user.user.email).count()) == (3, 2)


def test_flood_is_written_in_part_and_added_later(api_user, make_token, monkeypatch):
    token, _ = make_token(api_user)
    for _number in range(100):
        refusals.note(token, "expired", address=None, agent="", now=timezone.now())
    assert TokenRefusal.objects.get().count == refusals.WRITES

    refusals._budget.since.clear()
    refusals.note(token, "expired", address=None, agent="", now=timezone.now())
    assert TokenRefusal.objects.get().count == 101


def test_token_that_nobody_has_leaves_none(account, call):
    assert call(UNKNOWN, account).status_code == 401
    assert not TokenRefusal.objects.exists()


def test_traces_are_forgotten_after_ninety_days(api_user, make_token):
    now = timezone.now()
    refusals.note(make_token(api_user)[0], "expired", address=None, agent="", now=now)

    refusals.forget(now + timedelta(days=89))
    assert TokenRefusal.objects.exists()
    refusals.forget(now + timedelta(days=91))
    assert not TokenRefusal.objects.exists()

"""The life of a token: its terms, narrowing, rotation, and how it ends."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from accounts import addresses
from accounts.models import Account, Membership
from tokens.models import PersonalAccessToken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def fill_in(api_user, client_of):
    """Send the form of a new token; return the answer's form, or None where a token was made."""
    client = client_of(api_user)

    def fill_in(**values):
        filled_in = {"name": "ERP", "idempotency_key": uuid.uuid4(), "life": "90", "access": "write"} | values
        answer = client.post(reverse("tokens:token_create"), filled_in)
        assert answer.status_code == 200
        return answer.context.get("form")

    return fill_in


@pytest.fixture
def edit(client_of):
    def edit(token, **values):
        address = reverse("tokens:token_edit", args=[token.pk])
        filled_in = {"name": token.name, "networks": "\n".join(token.networks)} | values
        answer = client_of(token.membership).post(address, filled_in)
        token.refresh_from_db()
        return answer.context["form"].errors if answer.status_code == 200 else {}

    return edit


def test_terms_are_kept(fill_in):
    assert fill_in(note="SAP", life="7", access="read", networks="203.0.113.0/24\n2001:db8::/32") is None

    token = PersonalAccessToken.objects.get()
    assert (token.note, token.can_write, token.networks) == ("SAP", False, ["203.0.113.0/24", "2001:db8::/32"])
    assert token.expires_at - token.created_at == pytest.approx(7 * DAY, abs=timedelta(seconds=1))


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_presets(fill_in, days):
    fill_in(life=str(days))

    assert (PersonalAccessToken.objects.get().expires_at - timezone.now()) / DAY == pytest.approx(days, abs=0.01)


def test_last_day_ends_with_that_day(fill_in):
    fill_in(life="date", last_day=(timezone.now() + 3 * DAY).date().isoformat())

    midnight = datetime.combine((timezone.now() + 4 * DAY).date(), datetime.min.time(), UTC)
    assert PersonalAccessToken.objects.get().expires_at == midnight


def test_no_end(fill_in):
    fill_in(life="never")

    assert PersonalAccessToken.objects.get().expires_at is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"life": "date"}, "last_day"),
        ({"life": "date", "last_day": "2020-01-01"}, "last_day"),
        ({"life": "date", "last_day": "9999-12-31"}, "last_day"),
        ({"life": "date", "last_day": "soon"}, "last_day"),
        ({"life": "8"}, "life"),
        ({"life": ""}, "life"),
        ({"access": "admin"}, "access"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"note": "x" * 501}, "note"),
        ({"networks": "everywhere"}, "networks"),
        ({"networks": "10.0.0.1/8"}, "networks"),
        ({"networks": "10.0.0.0/33"}, "networks"),
        ({"networks": "::1/200"}, "networks"),
        ({"networks": "10.0.0.0/8\x00"}, "networks"),
        ({"networks": "\n".join(f"10.0.0.{n}" for n in range(51))}, "networks"),
        ({"idempotency_key": "x"}, "idempotency_key"),
    ],
)
def test_bad_terms_make_no_token(fill_in, values, field):
    assert list(fill_in(**values).errors) == [field]
    assert not PersonalAccessToken.objects.exists()


def test_longest_life_holds_on_the_form(fill_in):
    Account.objects.update(max_token_lifetime_days=30)
    late = (timezone.now() + 31 * DAY).date().isoformat()

    assert list(fill_in(life="never").errors) == ["life"]
    assert list(fill_in(life="90").errors) == ["life"]
    assert list(fill_in(life="date", last_day=late).errors) == ["last_day"]
    assert fill_in(life="30") is None


def test_longest_life_holds_on_every_way_a_token_is_made(api_user, make_token):
    Account.objects.update(max_token_lifetime_days=30)
    api_user.account.refresh_from_db()
    now = timezone.now()

    first, _ = make_token(api_user)
    second, _ = make_token(api_user, expires_at=now + 90 * DAY)
    third, _ = first.rotate(overlap=None, expires_at=None, idempotency_key=uuid.uuid4(), now=now)
    assert [round((token.expires_at - now) / DAY) for token in (first, second, third)] == [30, 30, 30]


def test_demo_token_keeps_to_the_longest_life(db, capsys):
    call_command("demo")
    Account.objects.update(max_token_lifetime_days=5)
    call_command("demo", json=True)

    assert PersonalAccessToken.objects.get(revoked_at=None).expires_at <= timezone.now() + 5 * DAY


def test_owner_sets_the_longest_life_and_cuts_what_lives_longer(owner, api_user, client_of, make_token, ago):
    old, _ = make_token(api_user, now=ago(days=100))
    new, _ = make_token(api_user)
    short, _ = make_token(api_user, expires_at=timezone.now() + 2 * DAY)

    answer = client_of(owner).post(reverse("tokens:account_tokens"), {"max_token_lifetime_days": 30}, follow=True)

    ends = [PersonalAccessToken.objects.get(pk=token.pk).expires_at for token in (old, new, short)]
    assert [round((end - timezone.now()) / DAY) for end in ends] == [7, 30, 2]
    assert "2 tokens end earlier now." in answer.content.decode()


@pytest.mark.parametrize("days", ["0", "-1", "4000", "x", "1.5"])
def test_bad_longest_life_changes_nothing(owner, client_of, days):
    answer = client_of(owner).post(reverse("tokens:account_tokens"), {"max_token_lifetime_days": days})

    assert list(answer.context["form"].errors) == ["max_token_lifetime_days"]
    assert Account.objects.get(pk=owner.account_id).max_token_lifetime_days is None


def test_edit_narrows(api_user, make_token, edit):
    token, _ = make_token(api_user, networks=["10.0.0.0/8"])
    day = (timezone.now() + 3 * DAY).date()

    assert edit(token, name="SAP", networks="10.1.0.0/16", read_only="on", earlier_day=day.isoformat()) == {}
    assert (token.name, token.networks, token.can_write) == ("SAP", ["10.1.0.0/16"], False)
    assert token.expires_at.date() == day + DAY


@pytest.mark.parametrize("networks", ["", "11.0.0.0/8", "0.0.0.0/0", "::/0", "10.0.0.0/8\n192.0.2.0/24"])
def test_edit_does_not_widen_networks(api_user, make_token, edit, networks):
    token, _ = make_token(api_user, networks=["10.0.0.0/8"])

    assert list(edit(token, networks=networks)) == ["networks"]
    assert token.networks == ["10.0.0.0/8"]


def test_edit_does_not_lengthen_nor_give_back_writing(api_user, make_token, edit):
    token, _ = make_token(api_user, can_write=False, expires_at=timezone.now() + 3 * DAY)
    before = token.expires_at

    assert list(edit(token, earlier_day=str(timezone.localdate() + 9 * DAY), can_write="on")) == ["earlier_day"]
    edit(token, can_write="on", read_only="")
    assert (token.expires_at, token.can_write) == (before, False)


@pytest.mark.parametrize(("overlap", "hours"), [("0", 0), ("1h", 1), ("24h", 24), ("7d", 168)])
def test_rotate_with_an_overlap(api_user, client_of, make_token, call, overlap, hours):
    old, secret = make_token(api_user, name="ERP", note="n", can_write=False, networks=["127.0.0.0/8"])

    client_of(api_user).post(
        reverse("tokens:token_rotate", args=[old.pk]),
        {"overlap": overlap, "life": "90", "idempotency_key": uuid.uuid4()},
    )

    old.refresh_from_db()
    new = old.successor
    assert (new.name, new.note, new.can_write, new.networks) == ("ERP", "n", False, ["127.0.0.0/8"])
    assert (old.superseded_at - timezone.now()) / timedelta(hours=1) == pytest.approx(hours, abs=0.01)
    assert call(secret, api_user.account).status_code == (200 if hours else 401)


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(
    ("overlap", "says"),
    [
        ("0", "has stopped working."),
        ("1h", "works until 24 Nov 2026, 11:00:00."),
        ("24h", "works until 25 Nov 2026, 10:00:00."),
        ("use", "works until the new one is first used."),
    ],
)
def test_page_after_a_rotation_says_when_the_old_token_ends(api_user, client_of, make_token, overlap, says):
    old, _ = make_token(api_user)

    data = {"overlap": overlap, "life": "90", "idempotency_key": uuid.uuid4()}
    page = client_of(api_user).post(reverse("tokens:token_rotate", args=[old.pk]), data).content.decode()

    assert f"The old token {old.masked} {says}" in page


def test_rotate_until_the_new_one_is_first_used(api_user, make_token, call):
    old, old_secret = make_token(api_user)
    _, new_secret = old.rotate(overlap=None, expires_at=None, idempotency_key=uuid.uuid4(), now=timezone.now())

    before = [call(old_secret, api_user.account).status_code for _ in range(2)]
    call(new_secret, api_user.account)
    after = call(old_secret, api_user.account)

    assert before == [200, 200]
    assert (after.status_code, after.json()["type"]) == (401, "/api/docs/#token-superseded")
    assert call(new_secret, api_user.account).status_code == 200


@pytest.mark.parametrize("overlap", [None, timedelta(0)], ids=["on use", "at once"])
def test_token_ends_with_the_successor_that_it_waits_for(api_user, make_token, call, overlap):
    first, first_secret = make_token(api_user)
    second, _ = first.rotate(overlap=None, expires_at=None, idempotency_key=uuid.uuid4(), now=timezone.now())
    _, third_secret = second.rotate(overlap=overlap, expires_at=None, idempotency_key=uuid.uuid4(), now=timezone.now())

    statuses = [call(secret, api_user.account).status_code for secret in (third_secret, first_secret)]
    assert statuses == [200, 401]


@pytest.mark.parametrize("overlap", [None, timedelta(days=7)], ids=["on use", "in 7 days"])
def test_token_whose_successor_was_deleted_is_rotated_again(api_user, client_of, make_token, call, overlap):
    old, old_secret = make_token(api_user)
    wrong, _ = old.rotate(overlap=overlap, expires_at=None, idempotency_key=uuid.uuid4(), now=timezone.now())
    wrong.revoke(by=api_user.user)

    answer = client_of(api_user).post(
        reverse("tokens:token_rotate", args=[old.pk]), {"overlap": "use", "life": "90", "idempotency_key": uuid.uuid4()}
    )

    statuses = [call(secret, api_user.account).status_code for secret in (answer.context["secret"], old_secret)]
    assert statuses == [200, 401]


def test_token_has_one_successor(api_user, client_of, make_token):
    old, _ = make_token(api_user)
    new, _ = old.rotate(overlap=None, expires_at=None, idempotency_key=uuid.uuid4(), now=timezone.now())
    address = reverse("tokens:token_rotate", args=[old.pk])

    answer = client_of(api_user).get(address)

    assert addresses.split(answer.url)[1] == reverse("tokens:token_detail", args=[new.pk])
    with pytest.raises(IntegrityError):
        PersonalAccessToken.objects.get(pk=old.pk).rotate(
            overlap=timedelta(0), expires_at=None, idempotency_key=uuid.uuid4(), now=timezone.now()
        )


def test_refused_second_rotation_leaves_the_old_token_alone(api_user, make_token):
    old, _ = make_token(api_user)
    idempotency_key = uuid.uuid4()
    make_token(api_user, idempotency_key=idempotency_key)

    with pytest.raises(IntegrityError):
        old.rotate(overlap=timedelta(0), expires_at=None, idempotency_key=idempotency_key, now=timezone.now())
    old.refresh_from_db()
    assert old.is_live


def test_reloading_a_rotation_makes_no_third_token(api_user, client_of, make_token):
    old, _ = make_token(api_user)
    filled_in = {"overlap": "7d", "life": "90", "idempotency_key": uuid.uuid4()}
    for _time in range(2):
        client_of(api_user).post(reverse("tokens:token_rotate", args=[old.pk]), filled_in)

    assert PersonalAccessToken.objects.count() == 2


def test_ended_tokens_stay_listed_with_who_when_and_why(api_user, client_of, make_token, ago):
    make_token(api_user, name="Old", expires_at=ago(days=1), now=ago(days=9))
    make_token(api_user, name="Gone")[0].revoke(by=api_user.user)
    turned, _ = make_token(api_user, name="Turned")
    successor, _ = turned.rotate(overlap=timedelta(0), expires_at=None, idempotency_key=uuid.uuid4(), now=ago(hours=1))
    successor.revoke(by=None, reason="leaked")
    make_token(api_user, name="Live")

    page = client_of(api_user).get(reverse("tokens:token_list"))

    assert page.context["tokens"][0].name == "Live"
    assert {token.name: token.state.value for token in page.context["tokens"] if token != successor} == {
        "Live": "live",
        "Old": "expired",
        "Gone": "revoked",
        "Turned": "superseded",
    }
    text = page.content.decode()
    assert [words in text for words in ("by Ada", f"by {successor.masked}", "reported as leaked")] == [True] * 3


def test_token_of_somebody_without_access_is_listed_as_stopped(owner, api_user, client_of, make_token):
    make_token(api_user)
    Membership.objects.filter(pk=api_user.pk).update(has_api_access=False)

    page = client_of(owner).get(reverse("tokens:account_tokens"))

    assert "its user has no API access" in page.content.decode()


@pytest.mark.parametrize("page", ["edit", "rotate", "delete"])
def test_ended_tokens_are_not_changed(api_user, client_of, make_token, ago, page):
    token, _ = make_token(api_user, expires_at=ago(days=1))

    assert client_of(api_user).get(reverse(f"tokens:token_{page}", args=[token.pk])).status_code == 404

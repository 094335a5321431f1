"""Second factors: encrypted at rest, each code good once, one step of tolerance."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache

from accounts.models import AuditEntry

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 9"
NOON = 1_795_000_020  # seconds since 1970, at the beginning of a step


def code_of(secret, shift=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift))


@pytest.fixture(autouse=True)
def _own_counts():
    cache.clear()


@pytest.fixture
def person(member):
    member.user.set_password(PASSWORD)
    member.user.save()
    return member


@pytest.fixture
def set_up(person, client_of, django_capture_on_commit_callbacks):
    """Set an authenticator app up; return its secret and the code that was used."""
    with time_machine.travel(NOON, tick=False):
        client = client_of(person)
        page = client.get("/auth/2fa/totp/activate/")
        secret = page.context["form"].secret
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/auth/2fa/totp/activate/", {"code": code_of(secret)})
        return secret, code_of(secret)


@pytest.fixture
def enter(client, person):
    def enter(code, at):
        with time_machine.travel(at, tick=False):
            client.post("/auth/login/", {"login": person.user.email, "password": PASSWORD})
            return client.post("/auth/2fa/authenticate/", {"code": code}).status_code

    return enter


def test_second_factor_can_be_set_up(member, client_of):
    page = client_of(member).get("/auth/2fa/totp/activate/", follow=True)

    assert page.redirect_chain == []
    assert "secret" in page.content.decode().lower()


def test_secret_is_nowhere_in_clear(set_up):
    secret, _ = set_up

    stored = "".join(str(row.data) for row in Authenticator.objects.all())
    sessions = "".join(Session.objects.values_list("session_data", flat=True))
    assert Authenticator.objects.count() == 2
    assert secret not in stored + sessions


def test_code_of_the_set_up_does_not_sign_in(set_up, enter):
    assert enter(set_up[1], NOON + 29) == 200


@pytest.mark.parametrize(("shift", "status"), [(-2, 200), (-1, 302), (0, 302), (1, 302), (2, 200)])
def test_one_step_of_tolerance(set_up, enter, shift, status):
    later = NOON + 600
    with time_machine.travel(later, tick=False):
        code = code_of(set_up[0], shift)

    assert enter(code, later) == status


def test_code_is_good_once_for_as_long_as_it_is_right(set_up, enter, client):
    later = NOON + 600
    with time_machine.travel(later, tick=False):
        code = code_of(set_up[0], 1)

    first = enter(code, later)
    client.logout()

    assert (first, enter(code, later + 45)) == (302, 200)


def test_factor_is_written_down_and_told(set_up, mails):
    assert AuditEntry.objects.filter(action="sign_in.app_added").count() == 1
    assert ["authenticator app added" in mail.subject for mail in mails()].count(True) == 1


@pytest.mark.parametrize(
    ("host", "is_secure", "works"),
    [
        ("localhost:8000", False, True),
        ("planradar.example", True, True),
        ("planradar.example", False, False),
        ("127.0.0.1:8000", False, False),
        ("127.0.0.1", True, False),
        ("[::1]:8000", False, False),
    ],
)
def test_page_says_where_passkeys_cannot_work(client_of, member, settings, host, is_secure, works):
    settings.ALLOWED_HOSTS = ["*"]

    page = client_of(member).get("/auth/2fa/webauthn/", headers={"Host": host}, secure=is_secure).content.decode()

    assert ("/auth/2fa/webauthn/add/" in page, "Browsers make security keys" in page) == (works, not works)

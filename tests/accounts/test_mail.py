import re
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.models import OutgoingMail
from accounts.models.outgoing_mail import LEASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    return OutgoingMail.objects.create(to="a@b.example", subject="Hello", text="Secret link", html="<p>Secret link</p>")


def test_mail_is_sent_once_and_its_text_forgotten(written):
    mail.deliver(written.pk)
    mail.deliver(written.pk)

    written.refresh_from_db()
    assert [message.subject for message in outbox.outbox] == ["Hello"]
    assert (written.text, written.html, written.sent_at is None) == ("", "", False)


def test_mail_that_is_not_taken_is_tried_again(written, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    mail.deliver(written.pk)

    written.refresh_from_db()
    assert (written.attempts, written.sent_at, written.text) == (1, None, "Secret link")
    assert written.next_attempt_at > timezone.now()


def test_mail_keeps_its_name_at_every_attempt(written):
    mail.deliver(written.pk)
    OutgoingMail.objects.update(sent_at=None, next_attempt_at=timezone.now(), text="again", html="again")
    mail.deliver(written.pk)

    first, second = (message.extra_headers["Message-ID"] for message in outbox.outbox)
    assert first == second


def test_mail_that_cannot_be_written_is_put_off(written):
    OutgoingMail.objects.update(subject="Two\nlines")
    mail.deliver(written.pk)

    written.refresh_from_db()
    assert (outbox.outbox, written.attempts, written.next_attempt_at > timezone.now()) == ([], 1, True)


def test_mail_that_hangs_ends_before_its_lease(settings):
    steps = 9  # of a conversation with a server: connect to quit

    assert timedelta(seconds=settings.EMAIL_TIMEOUT * steps) < LEASE


def test_mail_of_a_worker_that_died_is_due_after_its_lease(written):
    now = timezone.now()
    written.claim(now)

    assert not OutgoingMail.objects.due(now).exists()
    assert OutgoingMail.objects.due(now + timedelta(minutes=6)).exists()


NAMES_WITH_LINKS = [
    "Your account is blocked, see https://evil.example/login",
    "evil.example",
    "(www.evil.example)",
    "HTTP://evil",
    "http://127.0.0.1:8000/x",
    "<a href='https://evil.example'>Open</a>",
]


@pytest.mark.parametrize("name", NAMES_WITH_LINKS)
def test_name_that_holds_a_link_is_shown_whole_and_is_none(owner, account, client_of, settings, name):
    account.name = name
    account.save()
    settings.BASE_URL = "https://planradar.example"
    newcomer = {"name": name, "email": "n@new.example", "kind": "internal"}
    client_of(owner).post(reverse("accounts:user_create"), newcomer)

    written = OutgoingMail.objects.get()
    assert f"Hello {name}," in written.text.replace("\u2060", "")
    assert name in written.subject.replace("\u2060", "")
    assert set(re.findall(r"https?://\w\S+", written.text + written.subject)) == set(links_of(written))
    assert len(links_of(written)) == 1
    assert re.findall(r"\bevil\.example", written.text + written.html + written.subject) == []


def links_of(written):
    links = re.findall(r'<a href="([^"]+)"', written.html)
    assert all(link.startswith("https://planradar.example/") for link in links)
    return links


def test_name_is_one_line_without_what_nobody_sees(owner):
    owner.name = "A\nBcc: x@y.example\u2028\u202etxt.exe\u200b\u2066"
    owner.save()

    mail.send("ownership_received", to=owner.user, context={"account": owner.account, "owner": owner, "former": owner})

    assert owner.name == "A Bcc: x@y.example txt.exe"
    assert "A Bcc: x@y.example txt.exe" in OutgoingMail.objects.get().text.replace("\u2060", "")


def test_family_and_flags_keep_the_joiners_that_they_are_spelt_with(owner):
    owner.name = "👩‍👧 🏴\U000e0067\U000e0062\U000e007f می‌خواهم"
    owner.save()

    owner.refresh_from_db()
    assert owner.name == "👩‍👧 🏴\U000e0067\U000e0062\U000e007f می‌خواهم"


def test_mail_says_that_no_person_wrote_it(written):
    mail.deliver(written.pk)

    assert outbox.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_person_gets_three_invitations_in_ten_minutes_however_often_they_are_sent(owner, client_of):
    client = client_of(owner)
    newcomer = {"name": "N", "email": "n@new.example", "kind": "internal"}
    page = client.post(reverse("accounts:user_create"), newcomer).url

    answers = [client.post(f"{page}invitation/resend/", follow=True).content.decode() for _ in range(25)]

    assert OutgoingMail.objects.count() == 3
    assert ["several invitations already" in answer for answer in answers] == [False] * 2 + [True] * 23


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(("email", "number"), [("OLGA@alpha.example", 3), ("stranger@elsewhere.example", 1)])
def test_nobody_is_sent_links_to_a_new_password_without_end(client, owner, monkeypatch, email, number):
    monkeypatch.setattr("accounts.profile.forms.RESET_AFTER", 0)
    for _ in range(8):
        cache.clear()
        assert client.post(reverse("account_reset_password"), {"email": email}).status_code == 302

    assert OutgoingMail.objects.count() == number


def test_link_to_a_new_password_begins_with_the_base_url_and_speaks_the_persons_language(client, owner, settings):
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://planradar.example", ["*"]
    owner.user.language = "de"
    owner.user.save()

    data, headers = {"email": owner.user.email}, {"Host": "evil.example", "Accept-Language": "pl"}
    client.post(reverse("account_reset_password"), data, headers=headers)

    written = OutgoingMail.objects.get()
    assert "weil Sie oder eine andere Person" in written.text
    assert links_of(written)[0].startswith("https://planradar.example/auth/password/reset/key/")
    assert ("evil.example" in written.text + written.html, written.subject) == (
        False,
        "E-Mail zum Zurücksetzen des Passworts",
    )

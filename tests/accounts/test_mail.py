from datetime import timedelta

import pytest
from django.core import mail as outbox
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

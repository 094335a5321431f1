"""Mail in the recipient's language: written in the caller's transaction, sent by a worker after the commit."""

from __future__ import annotations

import logging
import zoneinfo
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from smtplib import SMTPException

from celery import current_app
from django.conf import settings
from django.core.mail import DNS_NAME, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from accounts import addresses
from accounts.models import Account, OutgoingMail, User

SEND = "accounts.tasks.send_mail"  # by name, because that task's module imports this one
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a mail."""

    subject: str
    text: str


def send(template: str, *, to: User, context: Mapping[str, object]) -> OutgoingMail:
    """Put a mail on its way to a person. The first line of `mail/<template>.txt` is its subject."""
    zone = zoneinfo.ZoneInfo(to.time_zone)
    with translation.override(to.language or settings.LANGUAGE_CODE), timezone.override(zone):
        return send_to_address(to.email, template, {"recipient": to, **context})


def send_to_address(address: str, template: str, context: Mapping[str, object]) -> OutgoingMail:
    """Put a mail on its way to an address, in the language that is active now."""
    return write(address, compose(template, context))


def compose(template: str, context: Mapping[str, object]) -> Letter:
    """Return the words of a mail, in the language that is active now."""
    values = {"base_url": settings.BASE_URL, **context}
    subject, _, text = render_to_string(f"mail/{template}.txt", values).strip().partition("\n")
    return Letter(" ".join(subject.split()), text.strip())


def write(address: str, letter: Letter) -> OutgoingMail:
    """Put a mail on its way whose words are there already."""
    html = render_to_string("mail/_html.html", {"subject": letter.subject, "text": letter.text})
    mail = OutgoingMail.objects.create(to=address, subject=letter.subject[:200], text=letter.text + "\n", html=html)
    transaction.on_commit(lambda: _queue(mail.pk), robust=True)
    return mail


def link(path: str, account: Account | None = None) -> str:
    """Return the absolute address of a page, for use in a mail: in an account, or of none."""
    return settings.BASE_URL + (addresses.of(account.pk, path) if account else addresses.split(path)[1])


def deliver(pk: int) -> None:
    """Send one mail, if nobody else does. A failure puts it off."""
    mail, now = OutgoingMail.objects.filter(pk=pk).first(), timezone.now()
    if mail is None or not mail.claim(now):
        return
    connection = get_connection()
    try:
        connection.open()
        _message(mail, connection).send()
    except (OSError, SMTPException, ValueError) as error:
        logger.warning("Mail %s was not taken (%s); it is tried again.", pk, type(error).__name__)
        mail.put_off(timezone.now())
    else:
        mail.mark_sent(timezone.now())
    with suppress(OSError, SMTPException):  # it was taken, however badly the server says good-bye
        connection.close()


def _message(mail: OutgoingMail, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    # The same name at every attempt, so that servers drop what they have already.
    headers = {"Message-ID": f"<{mail.pk}.{mail.created_at:%Y%m%d%H%M%S%f}@{DNS_NAME}>"}
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], headers=headers, connection=connection)
    message.attach_alternative(mail.html, "text/html")
    return message


def sweep() -> None:
    """Queue what is due: mails whose message was lost, and those that were put off."""
    for pk in OutgoingMail.objects.due(timezone.now()).values_list("pk", flat=True)[:500]:
        _queue(pk)


def _queue(pk: int) -> None:
    try:
        current_app.send_task(SEND, (pk,), retry=False)
    except OperationalError as error:
        logger.warning("The broker took no mail (%s); the sweep will send it.", type(error).__name__)

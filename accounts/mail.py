"""Mail in the recipient's language: written in the caller's transaction, sent by a worker after the commit."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
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
from lib import inert_text
from lib.names import without_invisible

SEND = "accounts.tasks.send_mail"  # by name, because that task's module imports this one
Bounds = tuple[tuple[int, timedelta], ...]  # mails of one kind to one address, and within which time
BOUNDS: Bounds = ((3, timedelta(minutes=10)), (10, timedelta(days=1)))
BOUNDS_OF_STRANGERS: Bounds = ((1, timedelta(hours=1)), (2, timedelta(days=1)))
logger = logging.getLogger(__name__)


class Link(str):
    """An address that may be clicked in a mail; everything else that looks like one is made inert."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a mail, and the links among them that work."""

    subject: str
    text: str
    links: frozenset[str] = frozenset()


def send(template: str, *, to: User, context: Mapping[str, object], trusted: str = "") -> OutgoingMail:
    """Put a mail on its way to a person. The first line of `mail/<template>.txt` is its subject."""
    with speaking_to(to):
        return write(to.email, compose(template, {"recipient": to, **context}, trusted=trusted), kind=template)


@contextmanager
def speaking_to(user: User, otherwise: str = settings.LANGUAGE_CODE) -> Iterator[None]:
    """Use the recipient's language and time zone instead of those of the current request."""
    with translation.override(user.language or otherwise), timezone.override(user.zone):
        yield


def send_to_address(address: str, template: str, context: Mapping[str, object], *, kind: str = "") -> OutgoingMail:
    """Put a mail on its way to an address, in the language that is active now."""
    return write(address, compose(template, context), kind=kind or template)


def compose(template: str, context: Mapping[str, object], *, trusted: str = "") -> Letter:
    """Return the words of a mail, in the language that is active now.

    Of what it says, the `Link`s of the context and the addresses in `trusted` can be clicked.
    """
    values = {"base_url": settings.BASE_URL, **context}
    subject, _, text = render_to_string(f"mail/{template}.txt", values).strip().partition("\n")
    return letter_of(subject, text, links=frozenset([*_links_in(context.values()), *inert_text.URL.findall(trusted)]))


def letter_of(subject: str, text: str, *, links: frozenset[str]) -> Letter:
    """Return the words as they may leave: nothing invisible in them, and no link but those given."""
    subject, text = without_invisible(subject), without_invisible(text)
    return Letter(inert_text.inert(" ".join(subject.split()), ()), inert_text.inert(text.strip(), links), links)


def _links_in(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Link):
            yield value
        elif isinstance(value, list | tuple):
            yield from _links_in(value)


def write(address: str, letter: Letter, *, kind: str = "") -> OutgoingMail:
    """Put a mail on its way whose words are there already."""
    body = inert_text.html_of(letter.text, letter.links)
    html = render_to_string("mail/_html.html", {"subject": letter.subject, "body": body})
    mail = OutgoingMail.objects.create(
        to=address, kind=kind, subject=letter.subject[:200], text=letter.text + "\n", html=html
    )
    transaction.on_commit(lambda: _queue(mail.pk), robust=True)
    return mail


def may_send(address: str, kind: str, bounds: Bounds = BOUNDS) -> bool:
    """Tell whether an address may get another mail of this kind, which strangers can cause."""
    now = timezone.now()
    sent = OutgoingMail.objects.filter(to__iexact=address, kind=kind)
    return all(sent.filter(created_at__gt=now - span).count() < most for most, span in bounds)


def link(path: str, account: Account | None = None) -> Link:
    """Return the absolute address of a page, for use in a mail: in an account, or of none."""
    return Link(settings.BASE_URL + (addresses.of(account.pk, path) if account else addresses.split(path)[1]))


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
    headers = {
        "Message-ID": f"<{mail.pk}.{mail.created_at:%Y%m%d%H%M%S%f}@{DNS_NAME}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office note comes back
    }
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

import re

import pytest
from django.core import mail as outbox

from accounts import mail
from accounts.acting import By
from accounts.members import invitations
from accounts.members.invitations import Newcomer
from accounts.models import OutgoingMail


@pytest.fixture
def by():
    def by(member):
        return By(member, "192.0.2.1")

    return by


@pytest.fixture
def invite(by, owner):
    """Invite somebody to the account; return their membership."""

    def invite(email, sender=owner, **fields):
        return invitations.invite(
            Newcomer(**{"name": "Nora", "email": email, "kind": "internal"} | fields), by=by(sender)
        )

    return invite


@pytest.fixture
def mails():
    """Send what waits, and return it."""

    def mails():
        for pk in OutgoingMail.objects.filter(sent_at=None).values_list("pk", flat=True):
            mail.deliver(pk)
        return outbox.outbox

    return mails


@pytest.fixture
def link_to(mails):
    """Return the path of the last link that was mailed to somebody."""

    def link_to(email):
        texts = [message.body for message in mails() if message.to == [email]]
        return re.findall(r"http://\S+?(/invitation/\S+)", texts[-1])[-1]

    return link_to

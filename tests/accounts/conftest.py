import re
import time

import pytest
from django.core import mail as outbox
from django.test import Client

from accounts import mail
from accounts.acting import ActingMember
from accounts.members import invitations
from accounts.members.invitations import Newcomer
from accounts.models import OutgoingMail, User


@pytest.fixture
def by():
    def by(member):
        return ActingMember(member, "192.0.2.1")

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


@pytest.fixture
def staff_client(db):
    """A superuser of the installation, who signed in just now, in their browser."""
    user = User.objects.create_superuser("root@planradar.example", name="Root")
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client

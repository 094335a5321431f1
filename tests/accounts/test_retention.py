from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import retention
from accounts.models import OutgoingMail

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_expired_sessions_are_cleared_with_their_place_in_the_list(client_of, owner):
    key = client_of(owner).session.session_key
    UserSession.objects.create(user=owner.user, session_key=key, ip="192.0.2.1", user_agent="x")
    now = Session.objects.get().expire_date

    retention.forget(now)
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    retention.forget(now + DAY)
    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)


@pytest.mark.parametrize(("state", "left"), [("sent", 0), ("given up", 0), ("waiting", 1)])
def test_mails_are_cleared_a_month_after_they_left(state, left):
    mail, now = OutgoingMail.objects.create(to="a@b.example", subject="S", text="", html=""), timezone.now()
    if state == "sent":
        mail.mark_sent(now)
    if state == "given up":
        OutgoingMail.objects.update(attempts=49)
        mail.claim(now + DAY)
        mail.put_off(now)

    retention.forget(now + 29 * DAY)
    assert OutgoingMail.objects.count() == 1
    retention.forget(now + 31 * DAY)
    assert OutgoingMail.objects.count() == left

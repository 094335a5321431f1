from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from accounts.models import OutgoingMail
from connect.emails import send_digest
from connect.models import Digest
from lib.sla import SlaStatus, due_after, left_until

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (MONDAY, datetime(2026, 11, 25, 8, tzinfo=UTC)),
        (FRIDAY, datetime(2026, 12, 1, 18, tzinfo=UTC)),
        (datetime(2026, 11, 28, 12, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)),
    ],
)
def test_promise_is_two_working_days(start, due):
    assert due_after(start) == due
    assert left_until(due, start) == timedelta(days=2)


@pytest.mark.parametrize(
    ("due", "level", "text"),
    [
        (MONDAY + timedelta(days=1), "ok", "due in 1\xa0day"),
        (MONDAY + timedelta(hours=3), "warn", "due in 3\xa0hours"),
        (MONDAY - timedelta(hours=3), "bad", "overdue by 3\xa0hours"),
    ],
)
def test_standing_is_told_in_words_and_colour(due, level, text):
    assert SlaStatus.of(due, MONDAY) == SlaStatus(level, text)


def test_digest_tells_what_is_overdue_once_a_day(connect_request):
    later = connect_request.due_at + timedelta(hours=5)
    for now in (connect_request.due_at - timedelta(hours=1), later, later, later + timedelta(minutes=1)):
        send_digest(now)

    mails = OutgoingMail.objects.filter(subject__contains="overdue")
    assert [(mail.to, mail.subject) for mail in mails] == [
        (settings.CONNECT_NOTIFY, "PlanRadar Connect: 1 request is overdue")
    ]
    assert "Alpha, assigned to nobody, overdue by" in mails[0].text
    assert Digest.objects.get().day == later.date()


def test_nothing_overdue_sends_nothing(connect_request):
    send_digest(connect_request.created_at)

    assert not Digest.objects.exists()

"""One bad row ends no scheduled task for the others."""

import logging
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import OutgoingMail, User
from lib.each_row import RowsFailedError, each_row
from tokens.models import PersonalAccessToken
from tokens.reminders import send_due

pytestmark = pytest.mark.django_db
logger = logging.getLogger(__name__)


def test_failed_row_is_named_and_the_others_are_done(owner, member, caplog):
    done = []

    def act(user):
        if user == owner.user:
            raise ValueError("broken")
        done.append(user)

    with pytest.raises(RowsFailedError, match="1 failed"):
        each_row([owner.user, member.user], act, logger)
    assert done == [member.user]
    assert f"User {owner.user_id} failed" in caplog.text


def test_database_that_is_away_ends_the_run(owner, member):
    def act(user):
        raise OperationalError

    with pytest.raises(OperationalError):
        each_row([owner.user, member.user], act, logger)


def test_reminder_of_one_does_not_stop_at_anothers(owner, api_user):
    now = timezone.now()
    for member in (owner, api_user):
        PersonalAccessToken.objects.issue(
            membership=member, name="ERP", expires_at=now + timedelta(days=3), now=now - timedelta(days=60)
        )
    User.objects.filter(pk=owner.user_id).update(language="x" * 8, time_zone="Nowhere/None")

    send_due(now)

    assert OutgoingMail.objects.count() == 2

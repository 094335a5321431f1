import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, OutgoingMail
from tokens.reminders import send_due

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def subjects(at):
    OutgoingMail.objects.all().delete()
    send_due(at)
    return [mail.subject for mail in OutgoingMail.objects.all()]


def test_reminders_30_7_and_1_days_before_and_at_the_end_once_each(api_user, make_token):
    token, _ = make_token(api_user, name="ERP", expires_at=timezone.now() + 90 * DAY)
    told = {}
    for hour in range(0, 95 * 24, 6):
        at = token.created_at + timedelta(hours=hour)
        for subject in subjects(at):
            told.setdefault(subject, []).append((token.expires_at - at) / DAY)

    assert {subject: [round(left) for left in lefts] for subject, lefts in told.items()} == {
        "Your token “ERP” expires in 30 days": [30],
        "Your token “ERP” expires in 7 days": [7],
        "Your token “ERP” expires in 1 day": [1],
        "Your token “ERP” has expired": [0],
    }


def test_short_life_is_not_announced_at_once(api_user, make_token):
    make_token(api_user, expires_at=timezone.now() + 7 * DAY)

    assert subjects(timezone.now()) == []


def test_links_work(api_user, make_token, client_of, settings):
    settings.BASE_URL = "http://testserver"
    make_token(api_user, expires_at=timezone.now() + 3 * DAY, now=timezone.now() - 60 * DAY)
    send_due(timezone.now())

    links = re.findall(r"http://testserver(\S+)", OutgoingMail.objects.get().text)
    assert len(links) == 2
    assert [client_of(api_user).get(link).status_code for link in links] == [200, 200]


def test_links_open_in_the_account_that_the_mail_is_about(api_user, stranger, make_token, client_of, settings):
    settings.BASE_URL = "http://testserver"
    make_token(api_user, expires_at=timezone.now() + 3 * DAY, now=timezone.now() - 60 * DAY)
    send_due(timezone.now())
    Membership.objects.create(account=stranger.account, user=api_user.user)
    client = client_of(api_user)
    client.post("/account/switch/", {"account": stranger.account_id})

    link = re.search(r"http://testserver(\S+)", OutgoingMail.objects.get().text)[1]
    assert client.get(link).status_code == 200
    assert client.get(f"/projects/?account={stranger.account_id + 1000}").context["frame"].account == api_user.account


def test_links_of_the_last_mail_work(api_user, make_token, client_of, settings, ago):
    settings.BASE_URL = "http://testserver"
    make_token(api_user, expires_at=ago(hours=1), now=ago(days=60))
    send_due(timezone.now())

    links = re.findall(r"http://testserver(\S+)", OutgoingMail.objects.get().text)
    assert [client_of(api_user).get(link).status_code for link in links] == [200, 200]


def test_nobody_is_told_of_what_ended_otherwise(api_user, member, make_token, ago):
    soon, long_ago = timezone.now() + DAY, ago(days=60)
    make_token(api_user, expires_at=soon, now=long_ago)[0].revoke(by=api_user.user)
    make_token(api_user, expires_at=soon, now=long_ago)[0].supersede(ago(days=1))
    make_token(member, expires_at=soon, now=long_ago)
    make_token(api_user, expires_at=ago(days=8), now=long_ago)
    make_token(api_user)

    assert subjects(timezone.now()) == []

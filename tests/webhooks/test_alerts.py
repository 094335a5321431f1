"""What the owner is told of an incident: each once, with a link that works."""

import json
import re
import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox
from django.utils import timezone
from django.utils.formats import date_format

from accounts import mail
from accounts.models import AuditEntry, OutgoingMail
from webhooks.engine import alerts, jobs, leases
from webhooks.engine.drain import drain
from webhooks.engine.record import record
from webhooks.http.outcome import Outcome
from webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def failing(webhook, publish_event):
    """Let the webhook have failed since some time, with something that still waits."""

    def failing(since):
        publish_event(webhook)
        Webhook.objects.update(first_failure_at=NOW - since, consecutive_failures=7)
        return webhook

    return failing


def subjects():
    return list(OutgoingMail.objects.order_by("pk").values_list("subject", flat=True))


def test_nothing_is_told_within_the_first_hour(failing):
    failing(timedelta(minutes=59))

    alerts.check_failing(NOW)

    assert subjects() == []


def test_owner_is_told_once_after_an_hour(failing, owner):
    failing(timedelta(minutes=61))

    alerts.check_failing(NOW)
    alerts.check_failing(NOW)

    assert subjects() == ["The webhook “ERP” has been failing for an hour"]
    assert OutgoingMail.objects.get().to == owner.user.email


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("pl", "Webhook „ERP” nie działa od godziny"),
        ("de", "Der Webhook „ERP“ ist seit einer Stunde gestört"),
    ],
)
def test_owner_is_told_in_their_language(failing, owner, language, subject):
    owner.user.language = language
    owner.user.save()
    failing(timedelta(minutes=61))

    alerts.check_failing(NOW)

    assert subjects() == [subject]


def test_whole_incident_is_told_in_four_mails(failing, receiver):
    webhook = failing(timedelta(hours=2))
    alerts.check_failing(NOW)
    alerts.check_failing(NOW + timedelta(days=4))
    alerts.check_failing(NOW + timedelta(days=5))

    webhook.refresh_from_db()
    assert webhook.state == Webhook.State.DISABLED
    assert Delivery.objects.get().status == "held"
    assert subjects() == [
        "The webhook “ERP” has been failing for an hour",
        "The webhook “ERP” will be disabled in 24 hours",
        "The webhook “ERP” is disabled",
    ]


def test_nobody_is_disabled_without_a_day_of_warning(failing):
    webhook = failing(timedelta(days=9))

    alerts.check_failing(NOW)
    alerts.check_failing(NOW + timedelta(hours=23))
    webhook.refresh_from_db()
    assert (webhook.is_active, subjects()) == (True, ["The webhook “ERP” will be disabled in 24 hours"])
    assert webhook.disable_at == NOW + timedelta(hours=24)

    alerts.check_failing(NOW + timedelta(hours=24))
    webhook.refresh_from_db()
    assert webhook.state == Webhook.State.DISABLED


def test_success_after_the_warning_begins_anew(failing, receiver):
    webhook = failing(timedelta(days=4, hours=12))
    alerts.check_failing(NOW)

    drain(webhook.pk, slow_lane=True)

    webhook.refresh_from_db()
    assert (webhook.last_alert, webhook.warned_at, webhook.disable_at) == ("", None, None)
    assert subjects()[1:] == ["The webhook “ERP” works again"]


def test_recovery_is_told_to_those_who_were_told_of_the_failure(failing, receiver):
    webhook = failing(timedelta(hours=2))
    alerts.check_failing(NOW)

    drain(webhook.pk, slow_lane=True)

    webhook.refresh_from_db()
    assert subjects()[1:] == ["The webhook “ERP” works again"]
    assert webhook.last_alert == Webhook.Alert.NOTHING


def test_recovery_of_what_nobody_was_told_of_is_not_told(failing, receiver):
    drain(failing(timedelta(minutes=10)).pk, slow_lane=True)

    assert subjects() == []


def test_410_is_told_at_once(webhook, publish_event, receiver):
    receiver.clear()
    receiver.expect_request("/hook").respond_with_data("", status=410)
    publish_event(webhook)

    drain(webhook.pk, slow_lane=False)

    assert subjects() == ["The webhook “ERP” is disabled"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("webhook.disabled", "ERP")
    assert json.loads(entry.detail) == {"reason": "410"}


def test_quiet_webhook_that_failed_once_is_not_disabled(failing):
    webhook = failing(timedelta(days=9))
    Delivery.objects.update(status="failed", next_attempt_at=None)

    alerts.check_failing(NOW)

    webhook.refresh_from_db()
    assert (webhook.is_active, subjects()) == (True, [])


def test_recovery_is_told_where_the_failure_was_told_while_the_probe_was_out(failing):
    webhook = failing(timedelta(hours=2))
    [claimed] = leases.claim(webhook, lease := uuid.uuid4(), timezone.now(), 1)
    as_claimed = Webhook.objects.get()
    alerts.check_failing(NOW)

    record(as_claimed, [(claimed, Outcome(error=None, duration_ms=1))], lease, NOW)

    assert subjects() == ["The webhook “ERP” has been failing for an hour", "The webhook “ERP” works again"]


def test_success_that_comes_too_late_does_not_tell_of_a_recovery(failing):
    webhook = failing(timedelta(hours=2))
    [claimed] = leases.claim(webhook, lease := uuid.uuid4(), timezone.now(), 1)
    as_claimed = Webhook.objects.get()
    jobs.switch_off(webhook, Webhook.State.DISABLED, timezone.now())
    alerts.notify_disabled(webhook, is_gone=False)

    record(as_claimed, [(claimed, Outcome(error=None, duration_ms=1))], lease, NOW)

    assert subjects() == ["The webhook “ERP” is disabled"]


def test_link_in_the_mail_works(failing, client_of, owner, settings):
    settings.BASE_URL = "http://testserver"
    failing(timedelta(hours=2))
    alerts.check_failing(NOW)

    mail.deliver(OutgoingMail.objects.get().pk)

    [message] = outbox.outbox
    address = re.search(r"http://testserver(\S+)", message.body)[1]
    assert client_of(owner).get(address).status_code == 200
    assert f'href="http://testserver{address}"' in message.alternatives[0].content


def test_mail_is_in_the_owners_time_zone(failing, owner):
    owner.user.time_zone = "Asia/Tokyo"
    owner.user.save()
    webhook = failing(timedelta(hours=2))
    webhook.refresh_from_db()

    alerts.check_failing(NOW)

    tokyo = date_format(webhook.first_failure_at.astimezone(ZoneInfo("Asia/Tokyo")), "DATETIME_FORMAT")
    assert f"has not taken a single event since {tokyo}." in OutgoingMail.objects.get().text


def test_page_counts_down(failing, client_of, owner):
    webhook = failing(timedelta(days=1))

    page = client_of(owner).get(f"/settings/account/webhooks/{webhook.pk}/").content.decode()

    assert "It will be disabled on" in page


def test_page_does_not_count_down_where_nothing_waits(failing, client_of, owner):
    webhook = failing(timedelta(days=9))
    Delivery.objects.update(status="failed", next_attempt_at=None)

    page = client_of(owner).get(f"/settings/account/webhooks/{webhook.pk}/").content.decode()

    assert "It will be disabled on" not in page

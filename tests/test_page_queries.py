"""Settings pages ask the database a fixed number of times, however much there is to show."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.acting import ActingMember
from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.members.invitations import Newcomer, invite
from accounts.models import Project
from connect.models import ConnectRequest, WantedApp
from tokens.models import LimitRequest, PersonalAccessToken
from webhooks.models import Attempt, Webhook
from webhooks.services import send_test

pytestmark = pytest.mark.django_db
MOST = 12  # session and person included
PAGES = [
    "accounts:profile",
    "accounts:account",
    "accounts:owner_change",
    "accounts:audit_list",
    "accounts:user_list",
    "accounts:user_rights",
    "accounts:user_create",
    "tokens:token_list",
    "tokens:token_create",
    "tokens:account_tokens",
    "tokens:limit_detail",
    "tokens:limit_request",
    "webhooks:webhook_list",
    "webhooks:webhook_create",
    "connect:request_detail",
    "connect:request_create",
    "usersessions_list",
]
PAGES_OF_WEBHOOK = ["webhooks:webhook_detail", "webhooks:webhook_edit", "webhooks:webhook_recover"]


@pytest.fixture
def populate(account, owner, join):
    """Add so many of everything that pages list."""

    def populate(number):
        for _ in range(number):
            name, now = uuid.uuid4().hex[:8], timezone.now()
            join(account, name, has_api_access=True, can_manage_users=True)
            invite(Newcomer(name, f"{name}@new.example", "internal"), by=ActingMember(owner, ""))
            audit_log.record("account.changed", account=account, actor=Actor(owner.user, via="page"), subject=name)
            old, _ = PersonalAccessToken.objects.issue(membership=owner, name=name)
            old.rotate(overlap=None, expires_at=None, idempotency_key=uuid.uuid4(), now=now)
            old.revoke(by=owner.user)
            limit_request = LimitRequest.objects.create(
                account=account, requested_by=owner.user, number=99, reason=name
            )
            limit_request.decline(by=owner.user, answer="", now=now)
            request = ConnectRequest.objects.create(account=account, requested_by=owner.user, state="withdrawn")
            WantedApp.objects.create(request=request, app="slack")
            project = Project.objects.create(account=account, name=name)
            _webhook(account, name).projects.add(project)
            _deliver(Webhook.objects.first(), owner, now)

    return populate


def _webhook(account, name):
    webhook = Webhook.objects.create(account=account, description=name, url="http://127.0.0.1:9/", events=[])
    webhook.headers.create(name=f"X-{name}", value="1")
    Webhook.objects.first().headers.create(name=f"X-{name}", value="1")
    return webhook


def _deliver(webhook, owner, now):
    delivery = send_test(webhook=webhook, actor=Actor(owner.user, via="page"))
    Attempt.objects.create(delivery=delivery, number=1, started_at=now, duration_ms=1, url=webhook.url, error="dns")


def queries(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_settings_pages_take_a_fixed_number_of_queries(account, owner, client_of, populate):
    first = Webhook.objects.create(account=account, description="ERP", url="http://127.0.0.1:9/", events=[])
    client = client_of(owner)
    populate(1)
    urls = [reverse(name) for name in PAGES] + [reverse(name, args=[first.pk]) for name in PAGES_OF_WEBHOOK]
    for url in urls:
        client.get(url)  # what is looked up once in a process is known from here on

    few = {url: queries(client, url) for url in urls}
    populate(30)
    many = {url: queries(client, url) for url in urls}

    assert many == few
    assert max(many.values()) <= MOST

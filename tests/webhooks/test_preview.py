from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from webhooks import events
from webhooks.engine.publish import publish
from webhooks.models import Event
from webhooks.pages.preview import Preview, look_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def happened(owner, project):
    for kind, where in [("ticket.created", project), ("ticket.created", None), ("ticket.deleted", project)] * 2:
        with transaction.atomic():
            publish(kind, account=owner.account, project=where, actor=Actor(owner.user, via="page"), data={})
    Event.objects.filter(pk=Event.objects.first().pk).update(created_at=timezone.now() - timedelta(days=8))


def test_counts_what_would_have_been_sent(happened, account, project, django_assert_num_queries):
    with django_assert_num_queries(1):
        preview = look_back(account, events=["ticket.created"], projects=[project], now=timezone.now())

    assert preview == Preview(matching=1, total=5)
    assert look_back(account, events=["ticket.created"], projects=None, now=timezone.now()) == Preview(3, 5)


def test_form_shows_it_and_keeps_what_was_typed_secrets_aside(happened, client_of, owner):
    data = {"description": "ERP", "url": "nonsense", "events": [events.TICKET_CREATED], "all_projects": "True"}
    data |= {"basic_password": "hush-1", "headers-TOTAL_FORMS": 1, "headers-INITIAL_FORMS": 0}
    data |= {"headers-0-name": "X-Key", "headers-0-value": "hush-2", "headers-0-is_hidden": "on"}

    page = client_of(owner).post(reverse("webhooks:webhook_preview"), data).content.decode()

    assert "3 of the 5 events of the last 7 days would have been sent" in page
    assert ("nonsense" in page, "X-Key" in page, "hush" in page, "error-summary" in page) == (True, True, False, False)


def test_part_of_the_page_alone_for_scripts(happened, client_of, owner):
    data = {"events": [events.TICKET_DELETED], "all_projects": "True"}

    page = client_of(owner).post(reverse("webhooks:webhook_preview"), data, headers={"HX-Request": "true"})

    assert "2 of the 5 events" in page.content.decode()
    assert "<form" not in page.content.decode()

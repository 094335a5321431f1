from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from webhooks.models import Webhook

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "trouble",
    [{"first_failure_at": timezone.now()}, {"state": Webhook.State.DISABLED}],
    ids=["last delivery failed", "disabled"],
)
def test_every_page_says_that_a_webhook_is_in_trouble(client_of, owner, webhook, trouble):
    Webhook.objects.filter(pk=webhook.pk).update(**trouble)

    page = client_of(owner).get(reverse("tickets:project_list"))

    assert [(item.label, item.mark) for item in page.context["frame"].marked] == [("Webhooks", "1 failing")]
    assert b"Webhooks: 1 failing" in page.content


@pytest.mark.parametrize("terms", [{}, {"state": Webhook.State.PAUSED, "first_failure_at": timezone.now()}])
def test_webhook_that_is_well_or_off_is_not_marked(client_of, owner, webhook, terms):
    Webhook.objects.filter(pk=webhook.pk).update(**terms)

    page = client_of(owner).get(reverse("tickets:project_list"))

    assert page.context["frame"].marked == []


def test_nobody_but_the_owner_is_told_of_webhooks(client_of, member, webhook):
    Webhook.objects.filter(pk=webhook.pk).update(first_failure_at=timezone.now())

    page = client_of(member).get(reverse("tickets:project_list"))

    assert page.context["frame"].marked == []


@pytest.mark.parametrize(("minutes", "is_said"), [(2, True), (0, False)])
def test_owner_is_told_when_no_worker_takes_up_what_is_due(client_of, owner, webhook, publish_event, minutes, is_said):
    publish_event(webhook)
    webhook.deliveries.update(next_attempt_at=timezone.now() - timedelta(minutes=minutes))

    page = client_of(owner).get(reverse("webhooks:webhook_detail", args=[webhook.pk]))

    assert ("no worker is sending them" in page.text) is is_said

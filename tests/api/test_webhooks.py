"""Webhooks by API: the owner's tokens, the rules of the pages, no secret in an answer."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry
from tests.api.conftest import Caller, faults
from webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db
GIVEN = {
    "description": "ERP",
    "url": "https://93.184.216.34/in",
    "events": ["ticket.created"],
    "basic-user": "u",
    "basic-password": "open sesame",
    "headers": [{"name": "X-Key", "value": "hush hush", "is-hidden": True}, {"name": "X-Site", "value": "1"}],
}
AT = "v2/~/webhooks"


@pytest.fixture
def owners(client, owner, token_of):
    return Caller(client, owner.account, token_of(owner))


@pytest.fixture
def made(owners):
    return owners.post(AT, GIVEN).json()["data"]


def test_webhook_is_created_and_shows_its_signing_secret_once(owners):
    answer = owners.post(AT, GIVEN)
    attributes = answer.json()["data"]["attributes"]
    again = owners.get(f"{AT}/{answer.json()['data']['id']}")

    assert (answer.status_code, attributes["signing-secret"][:6]) == (201, "whsec_")
    assert "signing-secret" not in again.json()["data"]["attributes"]
    assert AuditEntry.objects.get(action="webhook.created").via == "token"


def test_no_answer_holds_a_secret(owners, made):
    text = owners.get(AT).content.decode() + owners.get(f"{AT}/{made['id']}").content.decode()

    assert ("open sesame" in text, "hush hush" in text, "whsec_" in text) == (False, False, False)
    assert made["attributes"]["has-basic-password"] is True


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_tokens_are_refused(api, method):
    assert api(method, AT, {"data": {"attributes": GIVEN}} if method == "POST" else None).status_code == 403


def test_webhooks_of_others_do_not_exist(owners, stranger):
    theirs = Webhook.objects.create(account=stranger.account, description="x", url="https://x.example", events=[])

    assert owners.get(f"{AT}/{theirs.pk}").status_code == 404
    assert owners.delete(f"{AT}/{theirs.pk}").status_code == 404


def test_update_changes_what_is_given_and_keeps_secrets(owners, made):
    answer = owners.put(f"{AT}/{made['id']}", {"description": "New", "events": ["ticket.deleted"]})
    webhook = Webhook.objects.get()

    assert answer.status_code == 200, answer.content
    assert (webhook.description, webhook.events, webhook.basic_password) == ("New", ["ticket.deleted"], "open sesame")
    assert sorted(webhook.headers.values_list("name", flat=True)) == ["X-Key", "X-Site"]
    assert webhook.headers.get(name="X-Key").value == "hush hush"


def test_bearer_token_and_pace_are_set_and_never_shown(owners, made):
    given = {"bearer-token": "hush token", "in-order": True, "max-in-flight": 4, "max-per-minute": 60}
    answer = owners.put(f"{AT}/{made['id']}", given)
    webhook = Webhook.objects.get()

    assert (answer.status_code, "hush token" in answer.content.decode()) == (200, False)
    assert (webhook.bearer, webhook.basic, webhook.basic_password) == ("hush token", None, None)
    assert (webhook.in_order, webhook.max_in_flight, webhook.max_per_minute) == (True, 4, 60)

    owners.put(f"{AT}/{made['id']}", {"max-in-flight": 0})
    assert Webhook.objects.get().max_in_flight is None


def test_headers_that_are_left_out_go(owners, made):
    owners.put(f"{AT}/{made['id']}", {"headers": [{"name": "x-key", "is-hidden": True}]})

    assert Webhook.objects.get().headers.get().value == "hush hush"


def test_secrets_stay_with_their_receiver(owners, made):
    elsewhere = {"url": "https://93.184.216.35/in"}
    refused = owners.put(f"{AT}/{made['id']}", elsewhere)

    assert (refused.status_code, faults(refused)) == (422, ["url"])
    assert owners.put(f"{AT}/{made['id']}", {**elsewhere, "drop-secrets": True}).status_code == 200
    assert Webhook.objects.get().basic_password is None


def test_update_of_another_version_is_a_412(owners, made):
    tag = owners.get(f"{AT}/{made['id']}").headers["ETag"]
    owners.put(f"{AT}/{made['id']}", {"description": "New"})
    body = {"data": {"attributes": {"description": "Newer"}}}

    assert owners("PUT", f"{AT}/{made['id']}", body, headers={"If-Match": tag}).status_code == 412


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"url": "ftp://x"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["no.such"]}, "events"),
        ({"description": ""}, "description"),
        ({"all-projects": False}, "project-ids"),
        ({"project-ids": ["999999"]}, "project-ids"),
        ({"project-ids": ["x"]}, "project-ids"),
        ({"basic-user": "a:b"}, "basic-user"),
        ({"authentication": "digest"}, "authentication"),
        ({"authentication": "bearer"}, "bearer-token"),
        ({"max-in-flight": 65}, "max-in-flight"),
        ({"headers": [{"name": "Host", "value": "x"}]}, "headers"),
        ({"headers": [{"name": "A", "value": "x"}, {"name": "a", "value": "y"}]}, "headers"),
        ({"headers": [{"name": "A"}]}, "headers"),
        ({"headers": [{"name": "A", "value": "x\r\ny"}]}, "headers"),
        ({"headers": "x"}, "headers"),
    ],
)
def test_bad_webhook_is_refused_with_the_place(owners, given, place):
    answer = owners.post(AT, GIVEN | given)

    assert (answer.status_code, faults(answer), Webhook.objects.count()) == (422, [place], 0), answer.content


def test_test_event_is_sent_listed_read_and_sent_again(owners, made):
    at = f"{AT}/{made['id']}"
    sent = owners.post(f"{at}/test")
    again = owners.post(f"{at}/deliveries/{sent.json()['data']['id']}/redeliver")

    assert (sent.status_code, again.status_code) == (201, 201)
    assert owners.get(f"{at}/deliveries?status=pending").json()["meta"]["count"] == 2
    assert owners.get(f"{at}/deliveries/{again.json()['data']['id']}").json()["data"]["attributes"]["attempts"] == []
    assert Delivery.objects.values("event").distinct().count() == 1


def test_unknown_status_is_a_400(owners, made):
    assert owners.get(f"{AT}/{made['id']}/deliveries?status=x").status_code == 400


def test_deleted_webhook_is_gone(owners, made):
    assert owners.delete(f"{AT}/{made['id']}").status_code == 204
    assert owners.get(f"{AT}/{made['id']}").status_code == 404
    assert AuditEntry.objects.filter(action="webhook.deleted").count() == 1

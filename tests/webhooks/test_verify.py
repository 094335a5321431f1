import pytest
from django.urls import reverse

from webhooks.engine.drain import drain
from webhooks.http import signing
from webhooks.pages import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(webhook, publish_event, receiver):
    delivery = publish_event(webhook)
    drain(webhook.pk, slow_lane=True)
    return delivery


def test_snippet_verifies_what_the_receiver_got(delivery, webhook, receiver):
    request = receiver.log[0][0]
    names = {"secret": webhook.secrets.get().value, "body": request.data, "headers": dict(request.headers)}

    exec(verify.PYTHON, names)

    assert names["event"]["id"] == delivery.event.uid


def test_signed_string_and_secret_give_the_signature(delivery, webhook):
    shown = verify.verification_of(delivery.attempts.get(), webhook)

    event_uid, timestamp, _ = shown.signed_start.split(".")
    secret, body = webhook.secrets.get().value, delivery.event.body.encode()
    assert signing.sign(secret, message_id=event_uid, timestamp=int(timestamp), body=body) == shown.signature


def test_page_shows_how_and_not_the_secret(delivery, webhook, client_of, owner):
    page = client_of(owner).get(reverse("webhooks:delivery_detail", args=[webhook.pk, delivery.pk])).content.decode()

    secret = webhook.secrets.get().value
    assert ("Verify this delivery" in page, verify.fingerprint(secret) in page, secret in page) == (True, True, False)

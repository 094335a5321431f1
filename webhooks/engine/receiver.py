"""What a webhook's row tells the HTTP client: where to send, with which headers and which secrets."""

from __future__ import annotations

from datetime import datetime

from webhooks.http.request import Credentials, Receiver
from webhooks.models import Webhook


def receiver_of(webhook: Webhook, now: datetime) -> Receiver:
    headers = list(webhook.headers.all())
    return Receiver(
        webhook.url,
        headers={header.name: str(header.value) for header in headers},
        hidden=[header.name for header in headers if header.is_hidden],
        credentials=Credentials(webhook.basic, webhook.bearer),
        secrets=webhook.signing_secrets(now),
    )

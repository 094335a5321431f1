"""What one webhook sends: the prepared receiver, the signature, and the head as it may be shown."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from webhooks.http.client import Receiver
from webhooks.http.masking import MASK
from webhooks.http.outcome import Outcome
from webhooks.http.signing import signature_headers
from webhooks.models import Webhook

FIXED_HEADERS = {"Content-Type": "application/json", "User-Agent": "PlanRadar-Webhooks/1"}
BACKFILL_HEADERS = {"webhook-backfill": "true"}  # marks what happened before the webhook asked for it


class Sender:
    """Signs and posts events to a webhook's receiver. Deliveries and the connection check share it."""

    def __init__(self, webhook: Webhook, now: datetime) -> None:
        headers = {header.name: str(header.value) for header in webhook.headers.all()}
        basic, bearer = webhook.basic, webhook.bearer
        hidden = [str(header.value) for header in webhook.headers.all() if header.is_hidden]
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
            hidden.append(bearer)
        if basic:
            hidden += [basic[1], b64encode(":".join(basic).encode()).decode()]
        hidden = [value for value in hidden if value]
        self._receiver = Receiver(webhook.url, headers=FIXED_HEADERS | headers, basic=basic, hidden=hidden)
        self._shown_head = _shown_head(webhook)
        self._secrets = webhook.signing_secrets(now)

    def post(self, event_uid: str, body: bytes, *, anew: bool = False, is_backfill: bool = False) -> Outcome:
        """Post an event; `anew` asks for a new connection even where one is kept."""
        started_at = timezone.now()
        timestamp = int(started_at.timestamp())
        signature = signature_headers(self._secrets, message_id=event_uid, timestamp=timestamp, body=body)
        headers = signature | BACKFILL_HEADERS if is_backfill else signature
        outcome = self._receiver.post(headers=headers, body=body, anew=anew)
        return replace(outcome, started_at=started_at, request_head=self._shown_head + _head(headers))


def _head(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in headers.items())


def _shown_head(webhook: Webhook) -> str:
    """Return the headers that are the same for every delivery, fit to be shown."""
    schemes = {webhook.Authentication.BASIC: "Basic", webhook.Authentication.BEARER: "Bearer"}
    scheme = schemes.get(webhook.Authentication(webhook.authentication))
    authorization = {"Authorization": f"{scheme} {MASK}"} if scheme else {}
    own = {header.name: MASK if header.is_hidden else header.value for header in webhook.headers.all()}
    return _head(FIXED_HEADERS | authorization | own)

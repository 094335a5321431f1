"""How a receiver checks a delivery: the signed string, and the published libraries at work."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from webhooks.models import Attempt, Webhook

TOLERANCE_MINUTES = 5  # that the published libraries allow between the time stamp and the arrival
PYTHON = """from standardwebhooks import Webhook

event = Webhook(secret).verify(body, headers)  # raises WebhookVerificationError
"""
JAVASCRIPT = """import { Webhook } from "standardwebhooks";

const event = new Webhook(secret).verify(body, headers); // throws
"""
PHP = """use StandardWebhooks\\Webhook;

$headers = array_change_key_case(getallheaders()); // names in lower case
$event = (new Webhook($secret))->verify($body, $headers); // throws
"""
SNIPPETS = [("Python", "standardwebhooks", PYTHON), ("JavaScript", "standardwebhooks", JAVASCRIPT)]
SNIPPETS += [("PHP", "standard-webhooks/standard-webhooks", PHP)]


@dataclass(frozen=True, slots=True)
class Verification:
    """What the signature of an attempt stands for. `fingerprints` tell the secrets apart without giving them away."""

    signed_start: str
    signature: str
    fingerprints: list[str]


def verification_of(attempt: Attempt, webhook: Webhook) -> Verification:
    head = dict(line.split(": ", 1) for line in attempt.request_head.splitlines() if ": " in line)
    return Verification(
        signed_start=f"{head.get('webhook-id', '')}.{head.get('webhook-timestamp', '')}.",
        signature=head.get("webhook-signature", ""),
        fingerprints=[
            fingerprint(secret.value) for secret in webhook.secrets.all() if secret.signed_at(attempt.started_at)
        ],
    )


def fingerprint(secret: str) -> str:
    """Return the first 8 hexadecimal digits of the secret's SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()[:8]

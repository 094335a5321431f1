"""The connection check: one signed request on the path of every delivery, told step by step."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webhooks.events import WEBHOOK_TEST
from webhooks.http.outcome import HINTS, DeliveryError, Outcome
from webhooks.http.request import Sender
from webhooks.models import Webhook
from webhooks.models.event import new_event_uid

FEW_DAYS = 14  # until the certificate ends
ORDER = ["address", "dns", "connect", "tls", "wait"]
FAILS_AT = {
    DeliveryError.ADDRESS: "address",
    DeliveryError.DNS: "dns",
    DeliveryError.CONNECT: "connect",
    DeliveryError.TLS: "tls",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a connection: `state` is ok, warn, failed or skipped; `milliseconds` is None where none were taken."""

    label: str
    state: str
    milliseconds: int | None = None
    text: str = ""


def check(webhook: Webhook, now: datetime) -> list[Step]:
    """Send a test event, which stands in no log, over a new connection; return what each step took and gave."""
    body = {"id": new_event_uid(), "event": WEBHOOK_TEST, "created-at": now.isoformat(), "data": None}
    outcome = Sender(webhook, now).post(str(body["id"]), json.dumps(body).encode(), anew=True)
    labels = {
        "address": _("Address allowed"),
        "dns": _("Name found"),
        "connect": _("Connected"),
        "tls": _("TLS"),
        "wait": _("HTTP answer"),
    }
    if not webhook.url.lower().startswith("https:"):
        del labels["tls"]
    failed_at = _failed_step(outcome, list(labels))
    return [_step(name, labels[name], failed_at, outcome, now) for name in ORDER if name in labels]


def _failed_step(outcome: Outcome, steps: list[str]) -> str:
    """Return the step at which it failed: what breaks off or times out fails at the first step that never ended."""
    if outcome.error is None:
        return ""
    if outcome.error in FAILS_AT:
        return FAILS_AT[outcome.error]
    return next((name for name in steps if name not in {"address", "wait"} and name not in outcome.timings), "wait")


def _step(name: str, label: str, failed_at: str, outcome: Outcome, now: datetime) -> Step:
    took = outcome.timings.get(name)
    if name == failed_at and outcome.error:
        status = f"HTTP {outcome.status_code}. " if outcome.status_code else ""
        return Step(label, "failed", took, status + _advice(name, outcome.error))
    if failed_at and ORDER.index(name) > ORDER.index(failed_at):
        return Step(label, "skipped")
    if name == "tls":
        return _tls_step(label, took, outcome, now)
    return Step(label, "ok", took, f"HTTP {outcome.status_code}" if name == "wait" else "")


def _advice(step: str, error: DeliveryError) -> str:
    if step == "tls" and error != DeliveryError.TLS:
        return _("The receiver did not complete the TLS handshake. Check that it speaks HTTPS on this port.")
    return str(HINTS[error])


def _tls_step(label: str, took: int | None, outcome: Outcome, now: datetime) -> Step:
    if not outcome.certificate_expires:
        return Step(label, "ok", took)
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(outcome.certificate_expires), UTC)
    days = (ends - now).days
    text = ngettext("The certificate ends in %(days)s day.", "The certificate ends in %(days)s days.", days)
    return Step(label, "warn" if days < FEW_DAYS else "ok", took, text % {"days": days})

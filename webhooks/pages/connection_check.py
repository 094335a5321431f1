"""The connection check: one signed request on the path of every delivery, told step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from webhooks.engine.publish import publish_to
from webhooks.engine.receiver import receiver_of
from webhooks.events import WEBHOOK_TEST
from webhooks.http import client
from webhooks.http.outcome import DeliveryError, Outcome, hint_for
from webhooks.models import Event, Webhook
from webhooks.services import test_data

FEW_DAYS = 14  # until the certificate ends
ORDER = ["address", "dns", "connect", "tls", "wait"]
FAILS_AT = {DeliveryError.ADDRESS: "address", DeliveryError.DNS: "dns", DeliveryError.CONNECT: "connect"}
FAILS_AT |= {error: "tls" for error in DeliveryError if error.name.startswith("TLS")}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a connection: `state` is ok, warn, failed or skipped; `milliseconds` is None where none were taken."""

    label: str
    state: str
    milliseconds: int | None = None
    text: str = ""


def check(webhook: Webhook, actor: Actor, now: datetime) -> list[Step]:
    """Send a test event, which is not kept, over a new connection; return what each step took and gave."""
    event = _event(webhook, actor)
    outcome = client.send(receiver_of(webhook, now), event.uid, event.body.encode())
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
    return [_step(name, labels[name], failed_at, outcome) for name in ORDER if name in labels]


def _event(webhook: Webhook, actor: Actor) -> Event:
    """Make an event as every other is made, and take it back: nothing of it stays but its bytes."""
    with transaction.atomic():
        event = publish_to(
            [], WEBHOOK_TEST, account=webhook.account, project=None, actor=actor, data=test_data(webhook)
        )
        transaction.set_rollback(True)
    return event


def _failed_step(outcome: Outcome, steps: list[str]) -> str:
    """Return the step at which it failed: what breaks off or times out fails at the first step that never ended."""
    if outcome.error is None:
        return ""
    if outcome.error in FAILS_AT:
        return FAILS_AT[outcome.error]
    return next((name for name in steps if name not in {"address", "wait"} and name not in outcome.timings), "wait")


def _step(name: str, label: str, failed_at: str, outcome: Outcome) -> Step:
    took = outcome.timings.get(name)
    if name == failed_at and outcome.error:
        status = f"HTTP {outcome.status_code}. " if outcome.status_code else ""
        return Step(label, "failed", took, status + _hint(name, outcome))
    if failed_at and ORDER.index(name) > ORDER.index(failed_at):
        return Step(label, "skipped")
    if name == "tls":
        return _tls_step(label, took, outcome.certificate_days)
    return Step(label, "ok", took, _answer(outcome) if name == "wait" else "")


def _hint(step: str, outcome: Outcome) -> str:
    if step == "tls" and not str(outcome.error).startswith("tls"):
        return hint_for(DeliveryError.TLS, None)
    return hint_for(outcome.error or "", outcome.status_code)


def _answer(outcome: Outcome) -> str:
    version = f", HTTP/{outcome.http_version}" if outcome.http_version == "2" else ""
    return f"HTTP {outcome.status_code}{version}"


def _tls_step(label: str, took: int | None, days: int | None) -> Step:
    if days is None:
        return Step(label, "ok", took)
    text = ngettext("The certificate ends in %(days)s day.", "The certificate ends in %(days)s days.", days)
    return Step(label, "warn" if days < FEW_DAYS else "ok", took, text % {"days": days})

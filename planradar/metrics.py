"""Figures for Prometheus. All of them come from the database, so it does not matter which process is asked."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from webhooks.pages import metrics as pages_metrics


class _Engine(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        yield _family("planradar_deliveries", "Deliveries to webhooks.", "status", pages_metrics.deliveries())
        yield _family("planradar_webhooks", "Webhooks.", "state", pages_metrics.webhooks())
        ages = pages_metrics.oldest_due_seconds(now)
        yield _family("planradar_oldest_due_seconds", "For how long the oldest due delivery waits.", "receiver", ages)


registry = CollectorRegistry()
registry.register(_Engine())


def _family(name: str, text: str, label: str, numbers: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in numbers.items():
        family.add_metric([value], number)
    return family


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not (_is_of_this_machine(request) or _has_token(request)):
        text = "Metrics are read with METRICS_TOKEN as bearer token.\n"
        return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_of_this_machine(request: HttpRequest) -> bool:
    """Tell whether a developer asks from here. A server may have a proxy on the same machine that leaves no trace."""
    if not settings.DEBUG or {"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} & set(request.headers):
        return False
    try:
        return ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    return bool(token) and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")

"""What the audit log tells of a webhook: everything that can be set, of secrets the fingerprint alone."""

from __future__ import annotations

from accounts.audit.log import fingerprint
from webhooks.models import Webhook


def facts_of(webhook: Webhook) -> dict[str, object]:
    """Read the stored state; an address may hold a secret, so it is told by its host and a fingerprint."""
    webhook = Webhook.objects.get(pk=webhook.pk)
    return {
        "description": webhook.description,
        "url": f"{webhook.host} ({fingerprint(webhook.url)})",
        "events": sorted(webhook.events),
        "projects": "all" if webhook.all_projects else sorted(webhook.projects.values_list("pk", flat=True)),
        "conditions": [f"{name}: {value}" for name, value in webhook.conditions.items()],
        "in_order": webhook.in_order,
        "max_in_flight": webhook.max_in_flight,
        "max_per_minute": webhook.max_per_minute,
        "authentication": webhook.authentication,
        "user": webhook.basic_user,
        "password": fingerprint(webhook.basic_password) if webhook.basic_password else None,
        "bearer_token": fingerprint(webhook.bearer_token) if webhook.bearer_token else None,
        "headers": sorted(f"{header.name} ({fingerprint(header.value)})" for header in webhook.headers.all()),
    }

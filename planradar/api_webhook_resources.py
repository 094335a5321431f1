"""Webhooks and deliveries as resources. No secret is in them: of a password and a hidden value, that they are there."""

from __future__ import annotations

from collections.abc import Sequence

from tickets.api.values import Resource, moment
from webhooks.models import Delivery, Webhook
from webhooks.models.attempt import Attempt


def webhook_resource(row: Webhook) -> Resource:
    return {
        "id": str(row.pk),
        "type": "webhooks",
        "attributes": {
            "description": row.description,
            "url": row.url,
            "events": list(row.events),
            "all-projects": row.all_projects,
            "project-ids": sorted((str(project.pk) for project in row.projects.all()), key=int),
            "authentication": row.authentication,
            "basic-user": row.basic_user,
            "has-basic-password": bool(row.basic_password),
            "has-bearer-token": bool(row.bearer_token),
            "in-order": row.in_order,
            "max-in-flight": row.max_in_flight,
            "max-per-minute": row.max_per_minute,
            "headers": [
                {
                    "name": header.name,
                    "value": None if header.is_hidden else header.value,
                    "is-hidden": header.is_hidden,
                }
                for header in row.headers.all()
            ],
            "state": row.state,
            "created-at": moment(row.created_at),
        },
    }


def delivery_resource(row: Delivery, attempts: Sequence[Attempt] | None = None) -> Resource:
    resource: Resource = {
        "id": str(row.pk),
        "type": "deliveries",
        "attributes": {
            "event-id": row.event.uid,
            "event": row.event.type,
            "status": row.status,
            "attempt-count": row.attempt_count,
            "next-attempt-at": moment(row.next_attempt_at),
            "created-at": moment(row.created_at),
            "finished-at": moment(row.finished_at),
        },
    }
    if attempts is not None:
        resource["attributes"]["attempts"] = [_attempt(attempt) for attempt in attempts]
    return resource


def _attempt(row: Attempt) -> dict[str, object]:
    return {
        "number": row.number,
        "started-at": moment(row.started_at),
        "duration-ms": row.duration_ms,
        "status-code": row.status_code,
        "error": row.error or None,
        "response-head": row.response_head,
        "response-excerpt": row.response_excerpt,
    }

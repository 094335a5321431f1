"""Forms, layers and lists as JSON:API resources."""

from __future__ import annotations

from tickets.api.values import LinkedResource, Resource, moment, number, reference, references
from tickets.models import FieldList, Layer, ListEntry, ProjectTicketType, TicketType, ValueList


def ticket_type(row: TicketType) -> Resource:
    return {
        "id": str(row.pk),
        "type": "ticket-types",
        "attributes": {
            "id": str(row.pk),
            "name": row.name,
            "customer-id": str(row.account_id),
            "author-id": number(row.author_id),
            "typed-fields": row.typed_fields,
            "static-fields": row.static_fields,
            "capabilities": row.capabilities,
            "created-at": moment(row.created_at),
            "updated-at": moment(row.updated_at),
        },
    }


def link(row: ProjectTicketType) -> LinkedResource:
    return {
        "id": str(row.pk),
        "type": "ticket-type-projects",
        "attributes": {
            "id": str(row.pk),
            "ticket-type-id": str(row.ticket_type_id),
            "project-id": str(row.project_id),
            "required-fields": row.required_fields,
            "can-change": True,
            "created-at": moment(row.created_at),
            "updated-at": moment(row.updated_at),
        },
        "relationships": {
            "ticket-type": reference("ticket-types", row.ticket_type_id),
            "project": reference("projects", row.project_id),
        },
    }


def field_list(row: FieldList) -> LinkedResource:
    """Describe which list a field draws from, loaded with its link."""
    return {
        "id": str(row.pk),
        "type": "lists-ticket-types",
        "attributes": {
            "id": str(row.pk),
            "list-id": str(row.value_list_id),
            "ticket-type-id": str(row.link.ticket_type_id),
            "ticket-type-project-id": str(row.link_id),
            "project-id": str(row.link.project_id),
            "field-name": row.field_name,
            "list-items": row.list_items,
            "allow-multiple-selection": row.allows_multiple,
            "created-at": moment(row.created_at),
        },
        "relationships": {"list": reference("lists", row.value_list_id)},
    }


def value_list(row: ValueList) -> LinkedResource:
    """Describe a list that was loaded with its entries."""
    entries = row.entries.all()
    return {
        "id": str(row.pk),
        "type": "lists",
        "attributes": {
            "id": str(row.pk),
            "name": row.name,
            "customer-id": str(row.account_id),
            "is-hierarchy": any(entry.parent_id for entry in entries),
            "created-at": moment(row.created_at),
            "updated-at": moment(row.updated_at),
        },
        "relationships": {"list-entries": references("list-entries", [str(entry.pk) for entry in entries])},
    }


def list_entry(row: ListEntry) -> Resource:
    return {
        "id": str(row.pk),
        "type": "list-entries",
        "attributes": {
            "id": str(row.pk),
            "uuid": str(row.uuid),
            "name": row.name,
            "list-id": str(row.list_id),
            "parent-id": number(row.parent_id),
            "order": row.order,
        },
    }


def layer(row: Layer, address: str | None) -> LinkedResource:
    """Describe a layer; `address` is where its plan opens."""
    thumb = address if row.plan_content_type.startswith("image/") else None
    return {
        "id": str(row.pk),
        "type": "components",
        "attributes": {
            "id": str(row.pk),
            "uuid": str(row.uuid),
            "project-id": str(row.project_id),
            "user-id": number(row.author_id),
            "name": row.name,
            "description": row.description,
            "parent-id": number(row.parent_id),
            "order": row.order,
            "component-type": int(row.kind),
            "file-name": row.plan_file_name or None,
            "planfile-file-name": row.plan_file_name or None,
            "planfile-content-type": row.plan_content_type or None,
            "plan-thumb-big-url": thumb,
            "plan-thumb-small-url": thumb,
            "created-on": moment(row.created_at),
            "updated-on": moment(row.updated_at),
        },
        "relationships": {
            "project": reference("projects", row.project_id),
            "parent": reference("components", row.parent_id),
            "selected-plan": reference("plans", row.pk if row.plan else None),
        },
    }


def plan(row: Layer, address: str | None) -> LinkedResource:
    """Describe the plan of a layer. A layer has one plan, so the plan has the layer's id."""
    thumb = address if row.plan_content_type.startswith("image/") else None
    return {
        "id": str(row.pk),
        "type": "plans",
        "attributes": {
            "id": str(row.pk),
            "component-id": str(row.pk),
            "name": row.plan_file_name,
            "original-url": address,
            "plan-thumb-big-url": thumb,
            "plan-thumb-small-url": thumb,
            "planfile-content-type": row.plan_content_type,
            "download-filesize": row.plan_size,
            "created-on": moment(row.updated_at),
        },
        "relationships": {"component": reference("components", row.pk)},
    }

"""What writes projects and tickets: each function is one transaction, and publishes what it did."""

from tickets.services.attachments import (
    AttachmentValues,
    attach_file,
    delete_attachment,
    delete_attachments,
    update_attachment,
)
from tickets.services.projects import ProjectValues, archive_project, create_project, unarchive_project, update_project
from tickets.services.tickets import (
    TicketValues,
    UuidTakenError,
    add_comment,
    create_ticket,
    delete_ticket,
    locked,
    update_ticket,
)

__all__ = [
    "AttachmentValues",
    "ProjectValues",
    "TicketValues",
    "UuidTakenError",
    "add_comment",
    "archive_project",
    "attach_file",
    "create_project",
    "create_ticket",
    "delete_attachment",
    "delete_attachments",
    "delete_ticket",
    "locked",
    "unarchive_project",
    "update_attachment",
    "update_project",
    "update_ticket",
]

from accounts.models.audit import AuditEntry
from accounts.models.invitations import Invitation
from accounts.models.outgoing_mail import OutgoingMail
from accounts.models.people import Account, Membership, User
from accounts.models.projects import Project, ProjectQuerySet
from accounts.models.security_event import SecurityEvent

__all__ = [
    "Account",
    "AuditEntry",
    "Invitation",
    "Membership",
    "OutgoingMail",
    "Project",
    "ProjectQuerySet",
    "SecurityEvent",
    "User",
]

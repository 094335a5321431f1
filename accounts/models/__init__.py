from accounts.models.mail import OutgoingMail
from accounts.models.people import Account, Membership, User
from accounts.models.projects import Project, ProjectQuerySet

__all__ = ["Account", "Membership", "OutgoingMail", "Project", "ProjectQuerySet", "User"]

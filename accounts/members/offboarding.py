"""What ends when a member is deactivated: told on the page before, done after, written into the audit log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession

from accounts.audit import log as audit_log
from accounts.models import Membership
from accounts.models.people import User

Step = Callable[[Membership, User], dict[str, object]]  # ends something, given who does it; returns what to audit
_steps: list[Step] = []


def register(step: Step) -> Step:
    """Let an app end what is its own when a member is deactivated."""
    _steps.append(step)
    return step


@dataclass(frozen=True, slots=True)
class Offboarding:
    member: Membership
    invited: list[Membership]  # by them, and not joined yet

    @classmethod
    def of(cls, member: Membership) -> Offboarding:
        invited = Membership.objects.of(member.account).filter(joined_at=None, invitation__sent_by=member)
        return cls(member, list(invited))

    def apply(self, *, by: User) -> dict[str, object]:
        """End sign-ins and what apps registered; return what the audit log should know.

        A user who belongs to another account as well stays signed in there; this account closes to them anyway.
        """
        detail = {name: what for step in _steps for name, what in step(self.member, by).items()}
        elsewhere = Membership.objects.active().filter(user=self.member.user).exclude(pk=self.member.pk)
        sessions = [] if elsewhere.exists() else list(UserSession.objects.filter(user=self.member.user))
        for session in sessions:
            session.end()
        return detail | {
            "sign_ins": [audit_log.fingerprint(session.session_key) for session in sessions],
            "invitations": [invited.user.email for invited in self.invited],
        }

"""What ends when a member is deactivated: told on the page before, done after, written into the audit log."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.usersessions.models import UserSession

from accounts.audit import log as audit_log
from accounts.models import Membership
from accounts.models.people import User


@dataclass(frozen=True, slots=True)
class Offboarding:
    member: Membership
    invited: list[Membership]  # by them, and not joined yet

    @classmethod
    def of(cls, member: Membership) -> Offboarding:
        invited = Membership.objects.of(member.account).filter(joined_at=None, invitation__sent_by=member)
        return cls(member, list(invited))

    def apply(self, *, by: User) -> dict[str, object]:
        """End tokens and sign-ins; return what the audit log should know.

        Somebody who belongs to another account as well stays signed in there; this account closes to them anyway.
        """
        tokens = list(self.member.tokens.live())
        for token in tokens:
            token.revoke(by=by, reason=token.Reason.OFFBOARDED)
        elsewhere = Membership.objects.active().filter(user=self.member.user).exclude(pk=self.member.pk)
        sessions = [] if elsewhere.exists() else list(UserSession.objects.filter(user=self.member.user))
        for session in sessions:
            session.end()
        return {
            "tokens": [f"{token.name} …{token.hint}" for token in tokens],
            "sign_ins": [audit_log.fingerprint(session.session_key) for session in sessions],
            "invitations": [invited.user.email for invited in self.invited],
        }

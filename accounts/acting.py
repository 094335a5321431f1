"""Who acts on an account's users, and a look at both sides that holds until the end of the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied

from accounts.access import AccountRequest
from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.models import Account, Membership


@dataclass(frozen=True, slots=True)
class ActingMember:
    """The member who acts, the address they act from, and the token, where they used one."""

    member: Membership
    ip: str
    token: str = ""

    @classmethod
    def from_request(cls, request: AccountRequest) -> ActingMember:
        return cls(request.membership, request.META["REMOTE_ADDR"])

    @property
    def actor(self) -> Actor:
        return Actor(self.member.user, via="token" if self.token else "page", token=self.token)

    def locked_with(self, other: Membership) -> tuple[ActingMember, Membership]:
        """Lock the account, then read both members again: their rights may have changed since the page was opened."""
        by = self.locked()
        return by, Membership.objects.of(by.member.account).get(pk=other.pk)

    def locked(self) -> ActingMember:
        """Lock the account, then read the acting member again."""
        account = Account.objects.select_for_update(no_key=True).get(pk=self.member.account_id)
        member = Membership.objects.of(account).filter(pk=self.member.pk).first()
        if member is None:
            raise PermissionDenied
        return replace(self, member=member)

    def record(self, action: str, *, of: Membership, detail: Mapping[str, object] | None = None) -> None:
        """Write into the audit log what was done to a member."""
        subject = f"{of.name} <{of.user.email}>"
        account = self.member.account
        audit_log.record(action, account=account, actor=self.actor, subject=subject, detail=detail, ip=self.ip)


def ensure_allowed(allowed: bool) -> None:
    """Refuse what stopped being allowed while the page was open."""
    if not allowed:
        raise PermissionDenied

"""Adding people to an account: by a link in a mail that works once.

Whether the e-mail belongs to somebody already is never to be told from what the inviter sees: the row, the page and
the mail are alike, and the name shown is the one that the inviter typed, until the invitation is accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from accounts import mail, rights
from accounts.acting import ActingMember, ensure_allowed
from accounts.audit import log as audit_log
from accounts.models import Invitation, Membership, User

ENOUGH_MAILS = gettext_lazy("This person was sent several invitations already. Try again later.")


class AlreadyMemberError(ValueError):
    """The e-mail belongs to a member of this account."""


class TooManyMailsError(ValueError):
    """The person got many invitations of this account just now."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    name: str
    email: str
    kind: str
    has_api_access: bool = False
    can_manage_users: bool = False
    is_watcher: bool = False
    contact: Mapping[str, str] = field(default_factory=dict)  # fields of the membership: company, position, …


@dataclass(frozen=True, slots=True)
class Person:
    """What a user without a password fills in."""

    name: str
    password_hash: str


def invite(newcomer: Newcomer, *, by: ActingMember) -> Membership:
    """Add a user to the account and mail them; they may do nothing there before they accept."""
    with transaction.atomic():
        by = by.locked()
        ensure_allowed(rights.may_manage_users(by.member))
        ensure_allowed(rights.is_owner(by.member) or not newcomer.can_manage_users)
        user = _user_of(newcomer, time_zone=by.member.user.time_zone)
        if Membership.objects.of(by.member.account).filter(user=user).exists():
            raise AlreadyMemberError
        member = Membership.objects.create(
            account=by.member.account,
            user=user,
            name=newcomer.name,
            kind=newcomer.kind,
            has_api_access=newcomer.has_api_access,
            can_manage_users=newcomer.can_manage_users,
            is_watcher=newcomer.is_watcher,
            joined_at=None,
            **newcomer.contact,
        )
        given = {"kind": member.kind, "api_access": member.has_api_access, "manage_users": member.can_manage_users}
        by.record("user.created", of=member, detail=given)
        _send(Invitation(membership=member), by=by)
    return member


def resend(invitation: Invitation, *, by: ActingMember) -> None:
    """Mail a new link. The one sent before works no more."""
    with transaction.atomic():
        by, member = by.locked_with(invitation.membership)
        ensure_allowed(rights.may_edit_member(by.member, member) and member.joined_at is None)
        _send(Invitation.objects.get(pk=invitation.pk), by=by)


def revoke(invitation: Invitation, *, by: ActingMember) -> None:
    """Take the invitation back, and with it what was made for it."""
    with transaction.atomic():
        by, member = by.locked_with(invitation.membership)
        ensure_allowed(rights.may_edit_member(by.member, member) and member.joined_at is None)
        withdraw(member, by=by)


def withdraw(member: Membership, *, by: ActingMember) -> None:
    """Remove a member who has not joined, and the user, if it was made for them and no other account invited them."""
    by.record("invitation.revoked", of=member)
    user = member.user
    member.delete()
    if is_placeholder(user) and not user.memberships.exists():
        user.delete()


def accept(invitation: Invitation, *, ip: str, person: Person | None = None) -> bool:
    """Let the invited person in; False if the invitation has been used, revoked or replaced."""
    now, member = timezone.now(), invitation.membership
    with transaction.atomic():
        by = ActingMember(member, ip).locked()
        if not invitation.consume(now):
            return False
        member = by.member
        if person is not None:
            member.user.name, member.user.password = person.name, person.password_hash
            member.user.save(update_fields=["name", "password"])
        member.joined_at, member.name = now, member.user.name
        member.save(update_fields=["joined_at", "name"])
        by.record("invitation.accepted", of=member)
    return True


def is_placeholder(user: User) -> bool:
    """Tell whether the user was made for an invitation and nobody has ever been able to sign in as them."""
    has_signed_in = user.has_usable_password() or user.last_login is not None or user.is_staff
    return not has_signed_in and not user.memberships.joined().exists()


def _user_of(newcomer: Newcomer, *, time_zone: str) -> User:
    known = User.objects.filter(email__iexact=newcomer.email)
    user = known.first()
    if user is None:
        try:
            with transaction.atomic():
                return User.objects.create_user(newcomer.email, name=newcomer.name, time_zone=time_zone)
        except IntegrityError:  # another account was faster
            user = known.get()
    return user


def _send(invitation: Invitation, *, by: ActingMember) -> None:
    member = invitation.membership
    kind = f"invitation to {member.account_id}"  # of one account: its bound tells nothing of what others send
    if not mail.may_send(member.user.email, kind):
        raise TooManyMailsError
    secret = invitation.reissue(by=by.member, now=timezone.now())
    by.record("invitation.sent", of=member, detail={"link": audit_log.fingerprint(secret)})
    context = {
        "name": member.name,
        "inviter": by.member.name,
        "account": member.account,
        "link": mail.link(reverse("accounts:invitation_open", args=[secret])),
        "expires_at": invitation.expires_at,
    }
    with mail.speaking_to(member.user, otherwise=translation.get_language()):
        mail.send_to_address(member.user.email, "invitation", context, kind=kind)

"""Acts on the users of an account: change, deactivate, reactivate, hand the account over."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from accounts import mail, rights
from accounts.acting import ActingMember, ensure_allowed
from accounts.audit import log as audit_log
from accounts.members import invitations
from accounts.members.offboarding import Offboarding
from accounts.models import Membership

CONTACT = ["name", "company", "position", "street", "zipcode", "city", "tel"]
RIGHTS = {"kind", "is_watcher", "has_api_access"}
EDITABLE = [*CONTACT, *RIGHTS, "can_manage_users"]


def change(member: Membership, *, by: ActingMember, values: dict[str, object]) -> None:
    """Change `EDITABLE` fields of a member, those that differ, each if `by` may."""
    with transaction.atomic():
        by, current = by.locked_with(member)
        ensure_allowed(rights.may_edit_member(by.member, current))
        changed = audit_log.changes({name: getattr(current, name) for name in EDITABLE}, values)
        if not changed:
            return
        ensure_allowed(
            not {"kind", "is_watcher", "has_api_access"} & changed.keys()
            or rights.may_change_rights_of(by.member, current)
        )
        ensure_allowed("can_manage_users" not in changed or rights.may_give_manage_users(by.member, current))
        for name in changed:
            setattr(current, name, values[name])
        current.save(update_fields=[*changed])
        by.record("user.changed" if changed.keys() <= {*CONTACT} else "user.rights_changed", of=current, detail=changed)


def deactivate(member: Membership, *, by: ActingMember) -> None:
    """End everything that a member can do in the account: sign-ins, tokens, and the invitations they sent."""
    with transaction.atomic():
        by, member = by.locked_with(member)
        ensure_allowed(rights.may_deactivate(by.member, member) and member.joined_at is not None)
        member.is_active = False
        member.save(update_fields=["is_active"])
        end = Offboarding.of(member)
        by.record("user.deactivated", of=member, detail=end.apply(by=by.member.user))
        for invited in end.invited:
            invitations.withdraw(invited, by=by)


def reactivate(member: Membership, *, by: ActingMember) -> None:
    """Let a deactivated member in again, with the rights they had. Their tokens stay ended."""
    with transaction.atomic():
        by, member = by.locked_with(member)
        ensure_allowed(rights.may_deactivate(by.member, member))
        member.is_active = True
        member.save(update_fields=["is_active"])
        by.record("user.reactivated", of=member)


def hand_over(member: Membership, *, by: ActingMember) -> None:
    """Make a member the account's owner. The owner before keeps API access and manages users, until they lose it."""
    with transaction.atomic():
        by, member = by.locked_with(member)
        ensure_allowed(rights.may_hand_over_to(by.member, member))
        account, former = by.member.account, by.member
        account.owner = member
        account.save(update_fields=["owner"])
        former.has_api_access = former.can_manage_users = True
        former.save(update_fields=["has_api_access", "can_manage_users"])
        owners = {"owner": {"from": former.user.email, "to": member.user.email}}
        by.record("account.owner_changed", of=member, detail=owners)
        context = {
            "account": account,
            "former": former,
            "owner": member,
            "link": mail.link(reverse("accounts:profile")),
        }
        mail.send("ownership_given", to=former.user, context=context)
        mail.send("ownership_received", to=member.user, context=context)

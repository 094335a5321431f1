"""Who may do what: pure predicates over memberships, used by pages, API, admin and templates alike.

The owner has every right; every other right needs an active membership of an active user.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership


def is_active(member: Membership) -> bool:
    return member.state == Membership.State.ACTIVE


def is_owner(member: Membership) -> bool:
    return is_active(member) and member.is_owner


def is_internal(member: Membership) -> bool:
    return member.kind == Membership.Kind.INTERNAL


def may_use_api(member: Membership) -> bool:
    """Open the token page and the API documentation, and use tokens (R-T2, R-A1, R-A2)."""
    return is_owner(member) or (is_active(member) and is_internal(member) and member.has_api_access)


def may_manage_users(member: Membership) -> bool:
    """Open the user management (R-U1)."""
    return is_owner(member) or (is_active(member) and is_internal(member) and member.can_manage_users)


def may_manage_account(member: Membership) -> bool:
    """Open the account's settings: webhooks, Connect, audit log (R-W1, R-C1)."""
    return is_owner(member)


def may_edit_member(member: Membership, other: Membership) -> bool:
    """Edit the other's name, kind and API access. Nobody edits the owner but the owner."""
    return same_account(member, other) and may_manage_users(member) and (not other.is_owner or member == other)


def may_change_rights_of(member: Membership, other: Membership) -> bool:
    """Change kind and API access. Nobody raises their own rights, and the owner's are beyond change."""
    return may_edit_member(member, other) and member != other and not other.is_owner


def may_make_external(member: Membership, other: Membership) -> bool:
    """Turn the other external, which takes *manage users* away, if they have it."""
    taken = other.can_manage_users
    return may_change_rights_of(member, other) and (not taken or may_give_manage_users(member, other))


def may_give_manage_users(member: Membership, other: Membership) -> bool:
    """Give or take *manage users*: the owner alone, and not of themself."""
    return same_account(member, other) and is_owner(member) and not other.is_owner


def may_hand_over_to(member: Membership, other: Membership) -> bool:
    """Make the other the account's owner: an active internal user."""
    able = is_active(other) and is_internal(other) and member != other
    return able and same_account(member, other) and is_owner(member)


def may_deactivate(member: Membership, other: Membership) -> bool:
    return may_edit_member(member, other) and member != other and not other.is_owner


def may_see_tokens_of(member: Membership, other: Membership) -> bool:
    """See the other's tokens, without their secrets (R-U2)."""
    own = member == other and may_use_api(member)
    return own or (same_account(member, other) and may_manage_users(member))


def may_delete_tokens_of(member: Membership, other: Membership) -> bool:
    """Delete the other's tokens. The owner's are deleted by the owner alone (R-U3)."""
    return may_see_tokens_of(member, other) and (not other.is_owner or member == other)


def same_account(member: Membership, other: Membership) -> bool:
    return member.account_id == other.account_id


@dataclass(frozen=True, slots=True)
class Right:
    """A right that a page can ask for, and the words for a person who lacks it."""

    allows: Callable[[Membership], bool]
    name: str | Promise
    given_by: str | Promise


MEMBER = Right(is_active, _("an active membership of an account"), _("The owner of the account can add you."))
API_ACCESS = Right(
    may_use_api,
    _("the right “API access”"),
    _("The account owner and everybody with the right to manage users can give it, under User management > Users."),
)
MANAGE_USERS = Right(
    may_manage_users, _("the right “manage users”"), _("The account owner can give it, under User management > Users.")
)
ACCOUNT_OWNER = Right(
    may_manage_account,
    _("to be the account owner"),
    _("Only the account owner can open this page. Ask them to make the change, or to hand the account over."),
)

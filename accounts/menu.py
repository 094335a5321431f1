"""The menu of the settings: apps register their entries here, each with what it is marked with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.rights import ACCOUNT_OWNER, MANAGE_USERS, Right

Mark = Callable[[Membership], str]  # a few words on what needs looking at behind the entry, or nothing
PROFILE, ACCOUNT, USERS = _("Profile"), _("Account"), _("User management")


@dataclass(frozen=True, slots=True)
class Entry:
    label: Promise
    address: str  # the name of the page that it leads to
    icon: str
    place: int  # within its group, ascending
    group: Promise = PROFILE
    right: Right | None = None  # which the page asks for
    is_exact: bool = False  # marked on that page, not on those below it
    is_frequent: bool = False  # in the menu of every page as well
    mark: Mark | None = None

    def is_for(self, membership: Membership | None) -> bool:
        """Tell whether the person may open the page: nothing is listed that would answer 403."""
        return self.right is None or (membership is not None and self.right.allows(membership))

    def mark_for(self, membership: Membership | None) -> str:
        return self.mark(membership) if self.mark and membership else ""


_entries: list[Entry] = []


def register(*entries: Entry) -> None:
    _entries.extend(entries)


def groups_for(membership: Membership | None) -> list[tuple[Promise, list[Entry]]]:
    """Return the groups that the person may open something of, in their order."""
    allowed = sorted((entry for entry in _entries if entry.is_for(membership)), key=attrgetter("place"))
    groups = [(group, [entry for entry in allowed if entry.group is group]) for group in (PROFILE, ACCOUNT, USERS)]
    return [(group, entries) for group, entries in groups if entries]


register(
    Entry(_("Profile"), "accounts:profile", "user", place=10, is_exact=True),
    Entry(_("Password"), "account_change_password", "lock", place=40),
    Entry(_("Second factor"), "mfa_index", "shield-check", place=50),
    Entry(_("Sign-ins"), "usersessions_list", "monitor-smartphone", place=60),
    Entry(_("Account"), "accounts:account", "building-2", place=10, group=ACCOUNT, right=ACCOUNT_OWNER, is_exact=True),
    Entry(_("Audit log"), "accounts:audit_list", "scroll-text", place=60, group=ACCOUNT, right=ACCOUNT_OWNER),
    Entry(_("Users"), "accounts:user_list", "users", place=10, group=USERS, right=MANAGE_USERS, is_frequent=True),
)

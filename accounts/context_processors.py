"""What the frame of every page needs: the accounts to switch between and the menu of settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse

from accounts import addresses, menu
from accounts.access import AnyRequest
from accounts.members.waiting_invitations import is_waiting
from accounts.models import Account, Membership


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: str
    url: str
    icon: str
    is_current: bool
    mark: str = ""
    is_frequent: bool = False


@dataclass(frozen=True, slots=True)
class MenuGroup:
    label: str
    items: list[MenuItem]


@dataclass(frozen=True, slots=True)
class AccountChoice:
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    account: Account | None = None
    memberships: list[Membership] = field(default_factory=list)
    menu: list[MenuGroup] = field(default_factory=list)
    has_invitation: bool = False

    @property
    def accounts(self) -> list[AccountChoice]:
        """Return the accounts to change to, each with the address of its projects."""
        return [
            AccountChoice(each.account.name, addresses.of(each.account_id, "/projects/"), each.account == self.account)
            for each in self.memberships
        ]

    @property
    def frequent(self) -> list[MenuItem]:
        """The entries that the menu of every page leads to as well."""
        return [item for group in self.menu for item in group.items if item.is_frequent]

    @property
    def marked(self) -> list[MenuItem]:
        """The entries with a mark, which every page shows."""
        return [item for group in self.menu for item in group.items if item.mark]


def frame(request: AnyRequest) -> dict[str, Frame]:
    if not hasattr(request, "membership"):  # an error before the middleware ran
        return {"frame": Frame()}
    groups = _menu(request, request.membership) if request.user.is_authenticated else []
    return {"frame": Frame(request.account, request.memberships, groups, is_waiting(request))}


def _menu(request: AnyRequest, membership: Membership | None) -> list[MenuGroup]:
    def item(entry: menu.Entry) -> MenuItem:
        url = reverse(entry.address)
        bare = addresses.split(url)[1]
        is_current = request.path_info == bare if entry.is_exact else request.path_info.startswith(bare)
        mark = entry.mark_for(membership)
        return MenuItem(str(entry.label), url, entry.icon, is_current, mark, entry.is_frequent)

    return [MenuGroup(str(group), [item(entry) for entry in entries]) for group, entries in menu.groups_for(membership)]

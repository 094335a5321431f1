"""What the frame of every page needs: the accounts to switch between and the menu of settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import addresses, menu_badges, rights
from accounts.access import AnyRequest
from accounts.members.waiting_invitations import is_waiting
from accounts.models import Account, Membership

FREQUENT = {"tokens:token_list", "webhooks:webhook_list", "accounts:user_list"}


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
    menu = _menu(request, request.membership) if request.user.is_authenticated else []
    return {"frame": Frame(request.account, request.memberships, menu, is_waiting(request))}


def _menu(request: AnyRequest, membership: Membership | None) -> list[MenuGroup]:
    """Return the groups that the person may open something of; nothing is listed that would answer 403."""

    def item(label: str, address: str, icon: str, *, exact: bool = False) -> MenuItem:
        url = reverse(address)
        bare = addresses.split(url)[1]
        is_current = request.path_info == bare if exact else request.path_info.startswith(bare)
        return MenuItem(label, url, icon, is_current, menu_badges.mark_of(address, membership), address in FREQUENT)

    def allowed(right: rights.Right) -> bool:
        return membership is not None and right.allows(membership)

    profile = [item(_("Profile"), "accounts:profile", "user", exact=True)]
    if allowed(rights.API_ACCESS):
        profile.append(item(_("Personal access tokens"), "tokens:token_list", "key-round"))
        profile.append(item(_("API documentation"), "api_docs", "book-open"))
    profile += [
        item(_("Password"), "account_change_password", "lock"),
        item(_("Second factor"), "mfa_index", "shield-check"),
        item(_("Sign-ins"), "usersessions_list", "monitor-smartphone"),
    ]
    groups = [MenuGroup(_("Profile"), profile)]
    if allowed(rights.ACCOUNT_OWNER):
        account = [
            item(_("Account"), "accounts:account", "building-2", exact=True),
            item(_("Webhooks"), "webhooks:webhook_list", "webhook"),
            item(_("Access tokens"), "tokens:account_tokens", "key-square"),
            item(_("API limit"), "tokens:limit_detail", "gauge"),
            item(_("PlanRadar Connect"), "connect:request_detail", "blocks"),
            item(_("Audit log"), "accounts:audit_list", "scroll-text"),
        ]
        groups.append(MenuGroup(_("Account"), account))
    if allowed(rights.MANAGE_USERS):
        groups.append(MenuGroup(_("User management"), [item(_("Users"), "accounts:user_list", "users")]))
    return groups

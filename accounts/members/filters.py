"""Filters of lists, read from the address. What cannot be read is left out, and said beside its field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django import forms
from django.db.models import OrderBy, Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from accounts.models.people import MembershipQuerySet
from lib.collation import by_name

INTERNAL = Q(kind=Membership.Kind.INTERNAL)
OWNS = Q(owned_account__isnull=False)
MANAGES = INTERNAL & (OWNS | Q(can_manage_users=True))
USES_API = INTERNAL & (OWNS | Q(has_api_access=True))


@dataclass(frozen=True, slots=True)
class _Named:
    label: str | Promise
    means: str | Promise
    condition: Q


class NamedRight(Enum):
    """What a user may do, as the list filters by it and the page of rights shows it."""

    OWNER = _Named(_("account owner"), _("Everything, and alone: webhooks, Connect, audit log, ownership."), OWNS)
    MANAGE = _Named(_("manage users"), _("Create, edit and deactivate users, and delete their tokens."), MANAGES)
    API = _Named(
        pgettext_lazy("right", "API access"),
        _("Create personal access tokens, with which software acts as them."),
        USES_API,
    )
    PLAIN = _Named(_("internal, no further right"), _("Projects and tickets."), INTERNAL & ~MANAGES & ~USES_API)
    EXTERNAL = _Named(_("external"), _("Projects and tickets. They can have no further right."), ~INTERNAL)

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def label(self) -> str | Promise:
        return self.value.label

    @property
    def means(self) -> str | Promise:
        return self.value.means

    @property
    def condition(self) -> Q:
        return self.value.condition


ANY = [("", _("any"))]
SORTS: dict[str, tuple[str | Promise, list[str]]] = {
    "name": (pgettext_lazy("person", "Name"), ["name", "pk"]),
    "email": (_("E-mail"), ["user__email"]),
    "kind": (_("Kind"), ["kind", "name", "pk"]),
}


@dataclass(frozen=True, slots=True)
class SortLink:
    label: str | Promise
    query: str
    direction: str  # "ascending", "descending" or "", as aria-sort wants it


class MemberFilter(forms.Form):
    q = forms.CharField(
        label=_("Search"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autofocus": True}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[*ANY, *Membership.Kind.choices], required=False)
    right = forms.ChoiceField(
        label=_("Right"), choices=[*ANY, *((right.key, right.label) for right in NamedRight)], required=False
    )
    state = forms.ChoiceField(label=_("State"), choices=[*ANY, *Membership.State.choices], required=False)
    sort = forms.ChoiceField(
        choices=[(f"{sign}{name}", name) for name in SORTS for sign in ("", "-")],
        required=False,
        widget=forms.HiddenInput,
    )

    @property
    def is_filtered(self) -> bool:
        return any(self._values.get(name) for name in ("q", "kind", "right", "state"))

    @property
    def _values(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data

    def apply(self, members: MembershipQuerySet) -> MembershipQuerySet:
        values = self._values
        if values.get("q"):
            members = members.matching(values["q"])
        if values.get("kind"):
            members = members.filter(kind=values["kind"])
        if values.get("right"):
            members = members.filter(NamedRight[values["right"].upper()].condition)
        if values.get("state"):
            members = members.in_state(Membership.State(values["state"]))
        return members.order_by(*self._order())

    def sort_links(self, query: QueryDict) -> list[SortLink]:
        """Return a link for the head of each column: to sort by it, or the other way round."""
        current = self._values.get("sort") or "name"
        links = []
        for name, (label, _columns) in SORTS.items():
            other = query.copy()
            other.pop("page", None)
            other["sort"] = f"-{name}" if current == name else name
            direction = {name: "ascending", f"-{name}": "descending"}.get(current, "")
            links.append(SortLink(label, other.urlencode(), direction))
        return links

    def _order(self) -> list[str | OrderBy]:
        chosen = self._values.get("sort") or "name"
        descending = chosen.startswith("-")
        columns = SORTS[chosen.lstrip("-")][1]
        return [
            by_name(descending=descending) if column == "name" else f"{'-' * descending}{column}" for column in columns
        ]

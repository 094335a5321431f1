"""Numbers that say how an account uses the product, for Customer Success. Apps register their own; never a secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.models import Account

Figures = Callable[[Account, datetime], dict[str, int]]  # since when what is counted over time counts
_registered: list[Figures] = []


def register(figures: Figures) -> Figures:
    _registered.append(figures)
    return figures


def figures_of(account: Account, since: datetime) -> dict[str, int]:
    return {name: number for figures in _registered for name, number in figures(account, since).items()}


@register
def _people(account: Account, since: datetime) -> dict[str, int]:
    return {"users": account.memberships.active().count()}

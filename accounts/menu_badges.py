"""Marks at entries of the menu: a few words on what needs looking at behind them. Apps register their own."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Membership

Mark = Callable[[Membership], str]  # the words, or nothing where all is well
_marks: dict[str, Mark] = {}


def register(address: str) -> Callable[[Mark], Mark]:
    """Let a function say what the entry that leads to an address is marked with."""

    def add(mark: Mark) -> Mark:
        _marks[address] = mark
        return mark

    return add


def mark_of(address: str, membership: Membership | None) -> str:
    mark = _marks.get(address)
    return mark(membership) if mark and membership else ""

from __future__ import annotations

from tickets.api.serializers import Attributes

Changes = dict[str, dict[str, object]]
NEVER_A_CHANGE = {"updated-at"}


def changes_between(before: Attributes, after: Attributes) -> Changes:
    """Tell which attributes differ, and from what to what."""
    return {
        name: {"from": before[name], "to": value}
        for name, value in after.items()
        if name not in NEVER_A_CHANGE and before[name] != value
    }

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise


class Badge(NamedTuple):
    """A word in a coloured pill with an icon; `_badge.html` renders it. `tone` is ok, info, warn, bad or muted."""

    tone: str
    icon: str
    label: str | Promise

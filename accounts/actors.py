"""Who did something, as it is written into events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """A person and the way in that they took. `token` is the name of the token, where they used one."""

    user: User
    via: Literal["page", "token", "admin"]
    token: str = ""

    def as_json(self) -> dict[str, str]:
        who = {"id": str(self.user.pk), "name": self.user.name, "via": self.via}
        return who | {"token": self.token} if self.token else who

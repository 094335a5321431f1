"""Who did something, as it is written into events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from django.http import HttpRequest

from accounts.models import User

USER_AGENT_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Actor:
    """A person and the way in that they took. `token` is the name of the token, where they used one.

    `user_agent` is the header of the request, by which a receiver tells apart what it did itself.
    """

    user: User
    via: Literal["page", "token", "admin"]
    token: str = ""
    user_agent: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Actor:
        """Return the person who sent a request from a page."""
        return cls(cast(User, request.user), via="page", user_agent=user_agent_of(request))

    def as_json(self) -> dict[str, str]:
        who = {"id": str(self.user.pk), "name": self.user.name, "via": self.via}
        return who | {"token": self.token} if self.token else who


def user_agent_of(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:USER_AGENT_LENGTH]

"""Asking for a right before a view runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import Account, Membership, User
from accounts.rights import MEMBER, Right

P = ParamSpec("P")


class AnyRequest(HttpRequest):
    """A request as `accounts.middleware` prepares it: of a member, or of somebody who belongs to no account."""

    memberships: list[Membership]
    membership: Membership | None
    account: Account | None


class AccountRequest(HttpRequest):
    """A request of a signed-in person in one account: what is left once a right was asked for."""

    user: User
    memberships: list[Membership]
    membership: Membership
    account: Account


class MissingRight(PermissionDenied):
    def __init__(self, right: Right) -> None:
        super().__init__(str(right.name))
        self.right = right


def require(
    right: Right,
) -> Callable[[Callable[Concatenate[AccountRequest, P], HttpResponse]], Callable[..., HttpResponse]]:
    """Answer 403, naming the right and who can give it, to those who lack it."""

    def decorate(view: Callable[Concatenate[AccountRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: AccountRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            check(request, right)
            return view(request, *args, **kwargs)

        return checked

    return decorate


def check(request: AccountRequest, right: Right) -> None:
    if request.membership is None:
        raise MissingRight(MEMBER)
    if not right.allows(request.membership):
        raise MissingRight(right)

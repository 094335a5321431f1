"""Acts on users: the same services and rights as the pages of user management (R-U1)."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage
from ninja import Field, Path, Query, Router, Schema

from accounts import rights
from accounts.acting import ActingMember
from accounts.audit import log as audit_log
from accounts.members import invitations, services
from accounts.members.invitations import AlreadyMemberError, Newcomer, TooManyMailsError
from accounts.models import Membership
from lib.timing import constant_time
from tickets.api import serializers
from tickets.api.conditional import right_version
from tickets.api.pagination import Text, single_response
from tickets.api.paths import CustomerPath, UserPath, key_of
from tickets.api.responses import Single
from tickets.api.schemas import Document
from tickets.api.user_schemas import Downgrade, UserCreate, UserUpdate
from tickets.api.users import router
from tokens.api.auth import ApiRequest
from tokens.api.problems import ProblemError

acts = Router()
RATE = "10/m"  # new users, for each account
INVITED_AFTER = 0.5  # seconds, whether the e-mail is known elsewhere or not
INVITED = "invited-"


class UserIdQuery(Schema):
    user_id: Text = Field("", description="The id of the user.")


def acting(request: ApiRequest) -> ActingMember:
    """Return who acts. Raise `ProblemError` 403 for who may not manage users."""
    caller = request.auth
    if not rights.may_manage_users(caller.membership):
        raise ProblemError(403, _("Only those who may manage users can do this."))
    return ActingMember(caller.membership, request.META["REMOTE_ADDR"], token=caller.token.name)


def member_of(request: ApiRequest, code: str) -> Membership:
    """Find the user by id, also one that is invited only."""
    members = Membership.objects.of(request.auth.account)
    if code.startswith(INVITED):
        found = members.filter(pk=key_of(code.removeprefix(INVITED)), joined_at=None).first()
    else:
        found = members.joined().filter(user_id=key_of(code)).first()
    if found is None:
        raise ProblemError(404, _("There is no such user."))
    return found


@router.post("/users", response={201: Single}, summary="Create a user")
def user_create(request: ApiRequest, path: Path[CustomerPath], body: Document[UserCreate]) -> HttpResponse:
    """Invite a user: they get a mail, and can sign in once they accept. At most ten a minute."""
    by, given = acting(request), body.data.attributes
    _count(request)
    newcomer = Newcomer(
        name=f"{given.firstname} {given.lastname}",
        email=given.mail,
        kind=given.kind or Membership.Kind.INTERNAL,
        has_api_access=bool(given.permissions.api_documentation_access),
        can_manage_users=bool(given.permissions.users),
        is_watcher=bool(given.watcher),
        contact=given.contact,
    )
    try:
        with constant_time(INVITED_AFTER):
            member = invitations.invite(newcomer, by=by)
    except AlreadyMemberError:
        raise _refused("mail", _("This person is a user of this account already.")) from None
    except TooManyMailsError:
        raise ProblemError(429, str(invitations.ENOUGH_MAILS), headers={"Retry-After": "3600"}) from None
    return single_response(serializers.user(member), status=201)


def _count(request: ApiRequest) -> None:
    account = str(request.auth.account.pk)
    usage = get_usage(request, group="tickets.api.users", key=lambda *_names: account, rate=RATE, increment=True)
    if usage and usage["should_limit"]:
        seconds = str(max(1, int(usage["time_left"])))
        raise ProblemError(
            429, _("You created ten users within a minute. Try again soon."), headers={"Retry-After": seconds}
        )


def _refused(attribute: str, message: str) -> ProblemError:
    return ProblemError(422, _("Some attributes are not valid."), errors={attribute: [message]})


@acts.put("/users/downgrade_user_to_subcontractor", response=Single, summary="Make a user external")
def user_downgrade(
    request: ApiRequest, path: Path[CustomerPath], query: Query[UserIdQuery], body: Document[Downgrade]
) -> HttpResponse:
    """Name the user in the address or in the body. API access and manage users go with it."""
    by, given = acting(request), body.data.attributes
    member = member_of(request, query.user_id or given.user_id)
    values: dict[str, object] = {"kind": Membership.Kind.EXTERNAL, "is_watcher": given.watcher}
    services.change(member, by=by, values=values | {"has_api_access": False, "can_manage_users": False})
    return _shown(member)


@acts.post("/users/activate_user", response=Single, summary="Activate a user")
def user_activate(request: ApiRequest, path: Path[CustomerPath], query: Query[UserIdQuery]) -> HttpResponse:
    by, member = acting(request), member_of(request, query.user_id)
    _set_active(member, True, by)
    return _shown(member)


@router.put("/users/{user_id}", response=Single, summary="Update a user")
def user_update(request: ApiRequest, path: Path[UserPath], body: Document[UserUpdate]) -> HttpResponse:
    """Change what is given and leave the rest."""
    by, given = acting(request), body.data.attributes
    with _member(request, path) as member:
        if given.mail and given.mail != member.user.email.lower():
            raise _refused("mail", _("People change their e-mail themselves."))
        if wanted := given.changes(member):
            services.change(member, by=by, values=wanted)
        if given.active is not None:
            _set_active(member, given.active, by)
    return _shown(member)


def _member(request: ApiRequest, path: UserPath) -> AbstractContextManager[Membership]:
    def lock(member: Membership) -> None:
        audit_log.lock(member.account)

    return right_version(request, lambda: member_of(request, path.user_id), serializers.user, lock)


def _set_active(member: Membership, is_active: bool, by: ActingMember) -> None:
    if member.joined_at is None:
        raise ProblemError(422, _("This person has not accepted the invitation yet."))
    if member.is_active != is_active:
        (services.reactivate if is_active else services.deactivate)(member, by=by)


@router.delete("/users/{user_id}", response={204: None}, summary="Delete a user")
def user_delete(request: ApiRequest, path: Path[UserPath]) -> HttpResponse:
    """Deactivate the user, with their tokens; an invitation is revoked. What they wrote stays."""
    by = acting(request)
    with _member(request, path) as member:
        if member.joined_at is None:
            invitations.revoke(member.invitation, by=by)
        elif member.is_active:
            services.deactivate(member, by=by)
    return HttpResponse(status=204)


def _shown(member: Membership) -> HttpResponse:
    return single_response(serializers.user(Membership.objects.of(member.account).get(pk=member.pk)))


__all__ = ["acts", "router"]

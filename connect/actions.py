"""What Customer Success can do with a request: each with its form, its step, and whether a mail goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from connect.models import CannedReply, ConnectRequest, Entry

Kind = Entry.Kind


@dataclass(frozen=True, slots=True)
class ReviewInput:
    """What was filled in, by whom and when."""

    text: str
    workspace_url: str
    by: User
    now: datetime


@dataclass(frozen=True, slots=True)
class ReviewAction:
    name: str
    kind: Entry.Kind
    title: str | Promise
    submit: str | Promise
    step: Callable[[ConnectRequest, ReviewInput], Entry]
    must_say: bool = True
    use: CannedReply.Use | None = None
    help: str | Promise = ""
    is_primary: bool = False

    @property
    def is_mailed(self) -> bool:
        return self.kind not in Entry.INTERNAL

    @property
    def asks_workspace(self) -> bool:
        return self.kind in (Kind.APPROVED, Kind.ADDRESSED)


ACTS = [
    ReviewAction(
        "approve",
        Kind.APPROVED,
        _("Approve"),
        _("Approve and send"),
        lambda current, said: current.approve(said.text, workspace_url=said.workspace_url, by=said.by, now=said.now),
        must_say=False,
        use=CannedReply.Use.APPROVE,
        help=_("The account gets the address of its workspace and can open it at once."),
        is_primary=True,
    ),
    ReviewAction(
        "ask",
        Kind.ASKED,
        _("Ask a question"),
        _("Ask and send"),
        lambda current, said: current.ask(said.text, by=said.by, now=said.now),
        use=CannedReply.Use.ASK,
        help=_("The clock stops until the customer has answered."),
    ),
    ReviewAction(
        "decline",
        Kind.DECLINED,
        _("Decline"),
        _("Decline and send"),
        lambda current, said: current.decline(said.text, by=said.by, now=said.now),
        use=CannedReply.Use.DECLINE,
        help=_("The customer reads your reason and can ask again."),
    ),
    ReviewAction(
        "write",
        Kind.WROTE,
        _("Write a message"),
        _("Send"),
        lambda current, said: current.write(said.text, by=said.by, is_staff=True, now=said.now),
        use=CannedReply.Use.WRITE,
        help=_("The state of the request stays as it is."),
    ),
    ReviewAction(
        "suspend",
        Kind.SUSPENDED,
        _("Suspend access"),
        _("Suspend and send"),
        lambda current, said: current.suspend(said.text, by=said.by, now=said.now),
        help=_("The customer cannot open the workspace from the settings until access is restored."),
    ),
    ReviewAction(
        "restore",
        Kind.RESTORED,
        _("Restore access"),
        _("Restore and send"),
        lambda current, said: current.restore(said.text, by=said.by, now=said.now),
        must_say=False,
        is_primary=True,
    ),
    ReviewAction(
        "address",
        Kind.ADDRESSED,
        _("Change the address"),
        _("Change and send"),
        lambda current, said: current.change_workspace_url(
            said.text, workspace_url=said.workspace_url, by=said.by, now=said.now
        ),
        must_say=False,
        help=_("For a workspace that moved, or an address that was mistyped."),
    ),
    ReviewAction(
        "note",
        Kind.NOTED,
        _("Internal note"),
        _("Save the note"),
        lambda current, said: current.note(said.text, by=said.by, now=said.now),
        help=_("The customer never sees it."),
    ),
]


def allowed(connect_request: ConnectRequest) -> list[ReviewAction]:
    return [act for act in ACTS if connect_request.allows(act.kind)]

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from connect.models.entry import Entry
from lib import sla

# What nobody has taken comes first, then what waits longest.
URGENCY = (Case(When(assignee=None, then=0), default=1).asc(), "created_at", "pk")


class StateConflictError(Exception):
    """The request has changed, so that the act was not done."""


class ConnectRequestQuerySet(models.QuerySet["ConnectRequest"]):
    def of(self, account: Account) -> ConnectRequestQuerySet:
        return self.filter(account=account)

    def live(self) -> ConnectRequestQuerySet:
        """Leave out those that ended; an account has one at most."""
        return self.filter(state__in=ConnectRequest.LIVE)

    def to_do(self) -> ConnectRequestQuerySet:
        """Those that wait for Customer Success: for a decision, or for an answer to a message."""
        return self.filter(Q(state__in=ConnectRequest.NEEDS_REVIEW) | Q(is_unanswered=True))

    def overdue(self, now: datetime) -> ConnectRequestQuerySet:
        return self.filter(due_at__lte=now)

    def urgent_first(self) -> ConnectRequestQuerySet:
        return self.order_by(*URGENCY)

    def locked(self, pk: int) -> ConnectRequest:
        """Read a request that nobody else changes until the end of the transaction."""
        return self.select_for_update(of=("self",)).select_related("account", "requested_by", "assignee").get(pk=pk)


class ConnectRequest(models.Model):
    """A request for access to PlanRadar Connect, which Customer Success reviews (R-C1).

    `due_at` is when the promise ends; it is empty while the clock stands still, with what is left in `time_left`.
    `version` counts the entries of the timeline: who decides says which one they have seen.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        IN_REVIEW = "in_review", _("in review")
        NEEDS_INFORMATION = "needs_information", _("needs information")
        APPROVED = "approved", _("approved")
        SUSPENDED = "suspended", _("suspended")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Direction(models.TextChoices):
        OUT = "out", _("from PlanRadar to the other apps")
        IN = "in", _("from the other apps to PlanRadar")
        BOTH = "both", _("both ways")

    class Volume(models.TextChoices):
        UNKNOWN = "unknown", _("not known yet")
        SMALL = "1000", _("up to 1,000")
        MEDIUM = "10000", _("up to 10,000")
        LARGE = "100000", _("up to 100,000")
        HUGE = "more", _("more than 100,000")

    NEEDS_REVIEW = (State.SUBMITTED, State.IN_REVIEW)
    OPEN = (*NEEDS_REVIEW, State.NEEDS_INFORMATION)
    LIVE = (*OPEN, State.APPROVED, State.SUSPENDED)
    ALLOWED_FROM: ClassVar[dict[Entry.Kind, tuple[State, ...]]] = {
        Entry.Kind.REVIEWED: (State.SUBMITTED,),
        Entry.Kind.ASKED: NEEDS_REVIEW,
        Entry.Kind.ANSWERED: (State.NEEDS_INFORMATION,),
        Entry.Kind.WROTE: LIVE,
        Entry.Kind.APPROVED: OPEN,
        Entry.Kind.DECLINED: OPEN,
        Entry.Kind.WITHDRAWN: OPEN,
        Entry.Kind.SUSPENDED: (State.APPROVED,),
        Entry.Kind.RESTORED: (State.SUSPENDED,),
        Entry.Kind.ADDRESSED: (State.APPROVED,),
        Entry.Kind.ASSIGNED: OPEN,
        Entry.Kind.NOTED: tuple(State),
    }

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="connect_requests", verbose_name=_("account"), editable=False
    )
    requested_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("requested by"), editable=False
    )
    other_apps = models.CharField(_("other apps"), max_length=500, blank=True)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction, default=Direction.OUT)
    purpose = models.TextField(
        _("what should happen"),
        max_length=5000,
        help_text=_("For example: when a ticket is closed, add a row to our list of defects."),
    )
    volume = models.CharField(_("events a month"), max_length=7, choices=Volume, default=Volume.UNKNOWN)
    contact = models.CharField(_("who to talk to"), max_length=200)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    preferred_time = models.CharField(
        _("best time to reach you"), max_length=200, blank=True, help_text=_("For example: weekdays from 9 to 12.")
    )
    language = models.CharField(
        _("language"),
        max_length=8,
        choices=settings.LANGUAGES,
        default="en",
        help_text=_("Customer Success writes to you in this language."),
    )
    state = models.CharField(_("state"), max_length=17, choices=State, default=State.SUBMITTED, editable=False)
    assignee = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("assigned to"), editable=False
    )
    workspace_url = models.URLField(_("address of the workspace"), max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(_("submitted"), default=timezone.now, editable=False)
    is_unanswered = models.BooleanField(default=False, editable=False)  # the customer's last message
    due_at = models.DateTimeField(null=True, editable=False)
    time_left = models.DurationField(default=sla.RESPONSE_TIME, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ConnectRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Connect request")
        verbose_name_plural = _("Connect requests")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["submitted", "in_review", "needs_information", "approved", "suspended"]),
                name="one_live_connect_request_per_account",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The queue: what needs doing, oldest first, and the counts per state.
            models.Index(fields=["state", "created_at"], name="connect_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.account}, {self.created_at:%Y-%m-%d}"

    @property
    def app_names(self) -> list[str]:
        chosen = sorted(wanted.name for wanted in self.wanted_apps.all())
        return [*chosen, self.other_apps] if self.other_apps else chosen

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    def allows(self, kind: Entry.Kind) -> bool:
        return self.state in self.ALLOWED_FROM[kind]

    def submit(self, *, by: User, now: datetime) -> Entry:
        self.requested_by, self.created_at, self.due_at = by, now, sla.due_after(now)
        self.save()
        return self._add_entry(Entry.Kind.SUBMITTED, "", by=by, is_staff=False, now=now)

    def assign(self, to: User, *, by: User, now: datetime) -> Entry:
        """Hand the request to a member of staff; with the first one, the review begins."""
        self._must_allow(Entry.Kind.ASSIGNED)
        self.assignee = to
        self.save(update_fields=["assignee"])
        entry = self._add_entry(Entry.Kind.ASSIGNED, to.name, by=by, is_staff=True, now=now)
        if self.state == self.State.SUBMITTED:
            return self._move(Entry.Kind.REVIEWED, self.State.IN_REVIEW, "", by=by, now=now)
        return entry

    def ask(self, question: str, *, by: User, now: datetime) -> Entry:
        self._stop_clock(now)
        return self._move(Entry.Kind.ASKED, self.State.NEEDS_INFORMATION, question, by=by, now=now)

    def answer(self, text: str, *, by: User, now: datetime) -> Entry:
        self.due_at = sla.due_after(now, self.time_left)
        return self._move(Entry.Kind.ANSWERED, self.State.IN_REVIEW, text, by=by, is_staff=False, now=now)

    def write(self, text: str, *, by: User, is_staff: bool, now: datetime) -> Entry:
        self._must_allow(Entry.Kind.WROTE)
        return self._add_entry(Entry.Kind.WROTE, text, by=by, is_staff=is_staff, now=now)

    def approve(self, text: str, *, workspace_url: str, by: User, now: datetime) -> Entry:
        self.workspace_url = workspace_url
        self._stop_clock(now)
        return self._move(Entry.Kind.APPROVED, self.State.APPROVED, text, by=by, now=now)

    def decline(self, text: str, *, by: User, now: datetime) -> Entry:
        self._stop_clock(now)
        return self._move(Entry.Kind.DECLINED, self.State.DECLINED, text, by=by, now=now)

    def withdraw(self, text: str, *, by: User, now: datetime) -> Entry:
        self._stop_clock(now)
        return self._move(Entry.Kind.WITHDRAWN, self.State.WITHDRAWN, text, by=by, is_staff=False, now=now)

    def suspend(self, text: str, *, by: User, now: datetime) -> Entry:
        return self._move(Entry.Kind.SUSPENDED, self.State.SUSPENDED, text, by=by, now=now)

    def restore(self, text: str, *, by: User, now: datetime) -> Entry:
        return self._move(Entry.Kind.RESTORED, self.State.APPROVED, text, by=by, now=now)

    def change_workspace_url(self, text: str, *, workspace_url: str, by: User, now: datetime) -> Entry:
        self.workspace_url = workspace_url
        return self._move(Entry.Kind.ADDRESSED, self.State.APPROVED, text, by=by, now=now)

    def note(self, text: str, *, by: User, now: datetime) -> Entry:
        return self._add_entry(Entry.Kind.NOTED, text, by=by, is_staff=True, now=now)

    def _move(
        self, kind: Entry.Kind, state: State, text: str, *, by: User, now: datetime, is_staff: bool = True
    ) -> Entry:
        self._must_allow(kind)
        self.state = state
        self.save(update_fields=["state", "due_at", "time_left", "workspace_url"])
        return self._add_entry(kind, text, by=by, is_staff=is_staff, now=now)

    def _must_allow(self, kind: Entry.Kind) -> None:
        if not self.allows(kind):
            raise StateConflictError

    def _add_entry(self, kind: Entry.Kind, text: str, *, by: User, is_staff: bool, now: datetime) -> Entry:
        self.version += 1
        if kind not in Entry.SILENT:
            self.is_unanswered = kind == Entry.Kind.WROTE and not is_staff
        self.save(update_fields=["version", "is_unanswered"])
        return self.entries.create(kind=kind, text=text, by=by, by_name=by.name, is_staff=is_staff, at=now)

    def _stop_clock(self, now: datetime) -> None:
        if self.due_at:
            self.time_left, self.due_at = sla.left_until(self.due_at, now), None

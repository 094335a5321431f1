"""What the pictures show: an account in use. The product's own code writes all of it, at moments of the past days."""

from __future__ import annotations

import io
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from unittest import mock

import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.acting import ActingMember
from accounts.actors import Actor
from accounts.members import invitations
from accounts.members import services as members_services
from accounts.members.invitations import Newcomer
from accounts.models import Account, Membership, User
from connect import services
from connect.models import ConnectRequest
from screenshots import NOW
from tickets.services.tickets import create_ticket, update_ticket
from tokens.models import AccountHour, LimitRequest, PersonalAccessToken, TokenAddress, TokenDay
from webhooks import events
from webhooks.engine import leases, publish
from webhooks.engine.receiver import receiver_of
from webhooks.engine.record import record
from webhooks.http.outcome import DeliveryError, Outcome
from webhooks.models import Header, Webhook

CHANCE = random.Random(1)  # always the same
OFFICE = "198.51.100.24"
TAKEN = Outcome(None, 84, {"dns": 3, "connect": 11, "tls": 21, "wait": 49}, 200, "Content-Type: text/plain", "ok\n")
DOWN = Outcome(
    DeliveryError.SERVER,
    112,
    {"dns": 3, "connect": 12, "tls": 22, "wait": 75},
    503,
    "Content-Type: text/plain\nServer: nginx",
    "The ERP system is being updated. Try again later.\n",
)
SUBJECTS = [
    "Tile cracked in the lobby",
    "Door handle loose, room 7",
    "Paint runs on the north wall",
    "Lift door scrapes",
]


@contextmanager
def ago(**span: float) -> Iterator[datetime]:
    with time_machine.travel(NOW - timedelta(**span), tick=False):
        yield timezone.now()


def play() -> None:
    call_command("migrate", verbosity=0)
    with ago(days=7):
        call_command("demo", stdout=io.StringIO())
    account = Account.objects.get(name="Demo Construction")
    account.api_rate_limit = 30
    account.save()
    User.objects.update(time_zone="Europe/Vienna", language="en")
    people = {member.user.email.partition("@")[0]: member for member in Membership.objects.of(account)}
    _tokens(people["api-user"])
    _limit(account, people["owner"])
    with (
        mock.patch.object(publish, "new_event_uid", lambda: f"evt_{CHANCE.getrandbits(128):032x}"),
        mock.patch.object(random, "uniform", lambda least, most: most / 2),  # the jitter of retries
    ):
        _webhook(account, people["owner"])
    _conversation(account, people["owner"].user)
    _users(people["owner"], people["member"])
    _other_accounts()


def _tokens(member: Membership) -> None:
    for name, note, life, writes, networks in [
        ("Power BI report", "Open defects, every night", 6, False, []),
        ("ERP import", "Orders become tickets", 71, True, ["198.51.100.0/24"]),
    ]:
        with ago(days=80 if writes else 24) as now:
            token, _ = PersonalAccessToken.objects.issue(
                membership=member,
                name=name,
                note=note,
                expires_at=NOW + timedelta(days=life, hours=5),
                can_write=writes,
                networks=networks,
            )
        with ago(minutes=4 if writes else 400) as now:
            token.mark_used(OFFICE, "erp-bridge/2.4" if writes else "PowerBI", now)
            TokenAddress.objects.create(token=token, address=OFFICE, agent=token.last_used_agent, last_seen_at=now)
        _days(token, ["GET projects/{id}/tickets", "POST projects/{id}/tickets"][: 1 + writes])


def _days(token: PersonalAccessToken, operations: list[str]) -> None:
    for day in range(30):
        date = (NOW - timedelta(days=day)).date()
        if date.weekday() < 5:  # Monday to Friday
            for operation in operations:
                used = {"served": CHANCE.randint(90, 240), "refused": 35 if day == 8 else 0}
                TokenDay.objects.create(token=token, day=date, operation=f"/api/v2/{{customer_id}}/{operation}", **used)


def _limit(account: Account, owner: Membership) -> None:
    hour = NOW.replace(minute=0)
    for back in range(24):
        at = hour - timedelta(hours=back)
        served = CHANCE.randint(300, 900) if 5 < at.hour < 18 else CHANCE.randint(5, 40)
        AccountHour.objects.create(account=account, hour=at, served=served, refused=140 if at.hour in {7, 8} else 0)
    with ago(hours=2):
        LimitRequest.objects.create(
            account=account,
            requested_by=owner.user,
            number=120,
            reason="The ERP system asks for changed tickets every morning at eight, for 40 projects at once.",
        )


def _users(owner: Membership, member: Membership) -> None:
    by = ActingMember(owner, OFFICE)
    with ago(minutes=52):
        invitations.invite(Newcomer("Nora Newcomer", "nora@subcontractor.example", "external"), by=by)
    with ago(minutes=47):
        invitations.invite(Newcomer("Ben Builder", "ben@demo.example", "internal", has_api_access=True), by=by)
    with ago(minutes=40):
        members_services.change(member, by=by, values={"has_api_access": True})


def _webhook(account: Account, owner: Membership) -> None:
    actor = Actor(owner.user, via="page")
    with ago(days=9) as now:
        webhook = Webhook.objects.create(
            account=account,
            description="Defects to the ERP system",
            url="https://erp.example.com/planradar",
            events=[events.TICKET_CREATED, events.TICKET_UPDATED],
            authentication=Webhook.Authentication.BASIC,
            basic_user="planradar",
            basic_password=str(uuid.uuid4()),
        )
        webhook.make_secret(idempotency_key=uuid.uuid4(), now=now)
        Header.objects.create(webhook=webhook, name="X-Site", value="north")
        Header.objects.create(webhook=webhook, name="X-Api-Key", value=str(uuid.uuid4()), is_hidden=True)
    project = account.projects.get(name="Riverside Tower")
    for number, subject in enumerate(SUBJECTS):
        hours = 23 - number * 5
        with ago(hours=hours):
            ticket = create_ticket(project=project, actor=actor, values={"subject": subject})
            _send(webhook, TAKEN)
        for step in range(1, CHANCE.randint(4, 9)):
            with ago(hours=hours, minutes=-step * 29):
                update_ticket(ticket=ticket, actor=actor, values={"progress": step * 10})
                _send(webhook, replace(TAKEN, duration_ms=CHANCE.randint(60, 190)))
    for minutes in (48, 41, 33, 26, 17):
        with ago(minutes=minutes):
            update_ticket(ticket=ticket, actor=actor, values={"progress": 100 - minutes})
        for seconds in (0, 6, 340):
            with ago(minutes=minutes, seconds=-seconds):
                _send(webhook, DOWN)


def _send(webhook: Webhook, outcome: Outcome) -> None:
    """Record what is due as sent to a receiver that answers so."""
    lease, now = uuid.uuid4(), timezone.now()
    webhook.refresh_from_db()
    batch = leases.claim(webhook, lease, now, 100)
    receiver = receiver_of(webhook, now)
    heads = [receiver.message(one.event.uid, one.event.body.encode(), now).shown_head for one in batch]
    sent = [replace(outcome, started_at=now, request_head=head) for head in heads]
    record(webhook, list(zip(batch, sent, strict=True)), lease, now)


def _conversation(account: Account, owner: User) -> None:
    staff = User.objects.get(is_staff=True)
    as_owner, as_staff = (
        services.ActingUser(Actor(owner, via="page"), OFFICE),
        services.ActingUser(Actor(staff, via="admin"), ""),
    )
    connect_request = ConnectRequest(
        direction="out",
        purpose="When a ticket is closed, add a row to our list of defects, and tell the site manager in Teams.",
        volume="1000",
        contact=f"{owner.name}, {owner.email}",
        language="en",
    )
    with ago(hours=26):
        services.submit(connect_request, account=account, apps=["sharepoint", "sap"], by=as_owner)
    with ago(hours=22) as now:
        services.perform(connect_request, lambda current: current.assign(staff, by=staff, now=now), by=as_staff)
    question = "Which fields of a ticket do you need in the list, and who keeps the list?"
    with ago(hours=21) as now:
        services.perform(connect_request, lambda current: current.ask(question, by=staff, now=now), by=as_staff)
    answer = "Subject, status, due date and the photo. The site office keeps it."
    with ago(hours=3) as now:
        services.perform(connect_request, lambda current: current.answer(answer, by=owner, now=now), by=as_owner)
    with ago(hours=1) as now:
        question = "Thank you. May the photo be a link, or has it to be a copy?"
        services.perform(connect_request, lambda current: current.ask(question, by=staff, now=now), by=as_staff)


def _other_accounts() -> None:
    for name, apps, hours in [
        ("Nordbau", ["dynamics"], 5),
        ("Alpine Homes", ["salesforce", "hubspot"], 40),
        ("Most Budowa", ["sharepoint"], 110),
    ]:
        with ago(hours=hours):
            user = User.objects.create_user(f"owner@{name.split()[0].lower()}.example", name=f"Owner of {name}")
            account = Account.objects.create(name=name)
            account.owner = Membership.objects.create(account=account, user=user)
            account.save(update_fields=["owner"])
            connect_request = ConnectRequest(
                direction="both", purpose="Keep both sides up to date.", contact=user.email
            )
            services.submit(
                connect_request, account=account, apps=apps, by=services.ActingUser(Actor(user, via="page"), OFFICE)
            )

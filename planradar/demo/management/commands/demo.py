"""Makes the demo account: one of every kind of person, two projects, and a webhook to the demo inbox. Idempotent."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Account, Membership, User
from tickets.services.projects import create_project
from tickets.services.tickets import create_ticket
from tokens.models import PersonalAccessToken
from webhooks.events import SUBSCRIBABLE
from webhooks.models import Webhook

ACCOUNT = "Demo Construction"
TOKEN_NAME = "Script"  # noqa: S105, a name
WEBHOOK = "Demo inbox"


@dataclass(frozen=True, slots=True)
class Person:
    role: str
    name: str
    rights: dict[str, Any] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.role.replace('_', '-')}@demo.example"

    @property
    def password(self) -> str:
        """Return a password that is this installation's own, and the same at every call."""
        return hmac.new(settings.SECRET_KEY.encode(), self.email.encode(), hashlib.sha256).hexdigest()[:12]


PEOPLE = [
    Person("owner", "Olga Owner"),
    Person("manager", "Marek Manager", {"can_manage_users": True}),
    Person("api_user", "Ada Integrator", {"has_api_access": True}),
    Person("member", "Mia Member"),
    Person("external", "Emil External", {"kind": Membership.Kind.EXTERNAL}),
]
STAFF = Person("staff", "Stella Success")
PROJECTS = {
    "Riverside Tower": ["Crack in the stairwell wall", "Fire door does not close", "Missing handrail, level 3"],
    "School Extension": ["Water stain below the roof", "Socket without power, room 12"],
}


class Command(BaseCommand):
    help = "Make the demo account, where there is none, and print its sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON, with a fresh token in place of the last")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        with transaction.atomic():
            account = _account()
            _point_webhook_to_inbox(account)
            _fill(account)
            if json:
                self.stdout.write(_as_json(account))
                return
        self.stdout.write("Demo sign-ins:")
        for person in [*PEOPLE, STAFF]:
            self.stdout.write(f"  {person.role:<10} {person.email:<24} {person.password}")
        if settings.DEMO_INBOX:
            self.stdout.write(f"Demo inbox: {_inbox_url()}")


def _account() -> Account:
    account = Account.objects.filter(name=ACCOUNT, owner__user__email=PEOPLE[0].email).first()
    if account:
        return account
    account = Account.objects.create(name=ACCOUNT)
    members = [Membership.objects.create(account=account, user=_user(person), **person.rights) for person in PEOPLE]
    account.owner = members[0]
    account.save(update_fields=["owner"])
    staff = _user(STAFF, is_staff=True)
    staff.groups.add(Group.objects.get(name="Customer Success"))
    return account


def _fill(account: Account) -> None:
    """Make projects and tickets where there are none; the webhook tells the inbox of them."""
    if account.projects.exists():
        return
    owner = account.memberships.select_related("user").get(owned_account=account)
    actor = Actor(owner.user, via="page")
    for name, subjects in PROJECTS.items():
        project = create_project(account=account, actor=actor, values={"name": name})
        for subject in subjects:
            create_ticket(project=project, actor=actor, values={"subject": subject})


def _user(person: Person, **fields: Any) -> User:
    user = User.objects.filter(email=person.email).first()
    return user or User.objects.create_user(person.email, person.password, name=person.name, **fields)


def _point_webhook_to_inbox(account: Account) -> None:
    webhook, is_new = Webhook.objects.get_or_create(
        account=account,
        description=WEBHOOK,
        defaults={"url": _inbox_url(), "events": [kind.name for kind in SUBSCRIBABLE]},
    )
    if is_new:
        webhook.make_secret(idempotency_key=uuid.uuid4(), now=timezone.now())
    elif webhook.url != _inbox_url():
        webhook.url = _inbox_url()
        webhook.save(update_fields=["url"])


def _inbox_url() -> str:
    return f"{_base_url()}/demo/inbox/"


def _base_url() -> str:
    return f"http://127.0.0.1:{settings.PORT}"


def _as_json(account: Account) -> str:
    caller = account.memberships.get(user__email="api-user@demo.example")
    for token in PersonalAccessToken.objects.of(caller).live().filter(name=TOKEN_NAME):
        token.revoke(by=caller.user)
    _, secret = PersonalAccessToken.objects.issue(membership=caller, name=TOKEN_NAME)
    users = {person.role: {"email": person.email, "password": person.password} for person in [*PEOPLE, STAFF]}
    return json.dumps({"url": settings.BASE_URL, "customer_id": str(account.pk), "users": users, "token": secret})

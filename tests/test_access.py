"""Every address x every kind of person -> status. An address that is missing from the table fails the test."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.acting import ActingMember
from accounts.actors import Actor
from accounts.members.invitations import Newcomer, invite
from accounts.models import Membership, User
from connect.models import ConnectRequest
from planradar.help import part
from planradar.help_links import PLACES
from tickets.services import attach_file, create_ticket
from tokens.models import PersonalAccessToken
from webhooks.models import Webhook
from webhooks.services import send_test

pytestmark = pytest.mark.django_db
PASSWORD = make_password("correct horse 9")
PEOPLE = ["owner", "manager", "api_user", "member", "external", "stranger", "staff", "nobody"]
MEMBERS = {"owner", "manager", "api_user", "member", "external"}
OWNER, MANAGERS, API_USERS = {"owner"}, {"owner", "manager"}, {"owner", "api_user"}
READ, FORM, ACT, DONE = (200, 405), (200, 200), (405, 302), (200, 302)  # what GET and POST answer to those who may


@dataclass(frozen=True)
class Row:
    """Who may, and what they are answered; the rest are refused. Of a thing, another account finds nothing."""

    who: set[str]
    answers: tuple[int, int]
    is_thing: bool = False
    refusal: int = 403
    but: dict[str, int] = field(default_factory=dict)
    nobody: tuple[object, object] = ("in", "in")

    def expected(self, person, number):
        answer = self.answers[number]
        if person == "nobody":
            return str(self.nobody[number])
        if answer == 405:
            return "405"
        if person in self.but:
            return str(self.but[person])
        if person == "staff":
            return "403"
        if person == "stranger":
            return "404" if self.is_thing else str(answer)
        return str(answer if person in self.who else self.refusal)


@dataclass(frozen=True)
class SignedIn:
    """For everybody who is signed in, in an account or not."""

    answers: tuple[object, object]

    def expected(self, person, number):
        return "in" if person == "nobody" else str(self.answers[number])


@dataclass(frozen=True)
class Public:
    """For everybody; `nobody` says what those are answered who are not signed in, where it differs."""

    answers: tuple[int, int]
    nobody: tuple[int, int] | None = None

    def expected(self, person, number):
        return str((self.nobody or self.answers)[number] if person == "nobody" else self.answers[number])


def thing(who, answers):
    return Row(who, answers, is_thing=True)


OWN_TOKEN = Row({"api_user"}, FORM, is_thing=True, but={"owner": 404})
SEEN_TOKEN = {"owner", "manager", "api_user"}

TABLE = {
    "home": SignedIn((302, 405)),
    "accounts:profile": SignedIn(FORM),
    "accounts:account": Row(OWNER, FORM),
    "accounts:owner_change": Row(OWNER, FORM),
    "accounts:audit_list": Row(OWNER, READ),
    "accounts:audit_export": Row(OWNER, READ),
    "accounts:user_list": Row(MANAGERS, READ),
    "accounts:user_rights": Row(MANAGERS, READ),
    "accounts:user_rights_export": Row(MANAGERS, READ),
    "accounts:user_create": Row(MANAGERS, FORM),
    "accounts:user_detail": thing(MANAGERS, READ),
    "accounts:user_edit": thing(MANAGERS, FORM),
    "accounts:user_deactivate": thing(MANAGERS, DONE),
    "accounts:user_reactivate": thing(MANAGERS, DONE),
    "accounts:second_factor_reset": thing(OWNER, DONE),
    "accounts:invitation_resend": thing(MANAGERS, ACT),
    "accounts:invitation_revoke": thing(MANAGERS, DONE),
    "accounts:invitation_accept": Public((404, 404)),
    "accounts:sign_in_unlock": Public(("in", 405)),
    "accounts:invitation_open": Public((404, 405)),
    "tokens:token_list": Row(API_USERS, READ),
    "tokens:token_create": Row(API_USERS, FORM),
    "tokens:token_detail": Row(SEEN_TOKEN, READ, is_thing=True, refusal=404),
    "tokens:token_edit": OWN_TOKEN,
    "tokens:token_rotate": OWN_TOKEN,
    "tokens:token_delete": Row(SEEN_TOKEN, DONE, is_thing=True, refusal=404),
    "tokens:account_tokens": Row(OWNER, FORM),
    "tokens:limit_detail": Row(OWNER, READ),
    "tokens:limit_meter": Row(OWNER, READ),
    "tokens:limit_request": Row(OWNER, FORM),
    "webhooks:webhook_list": Row(OWNER, READ),
    "webhooks:webhook_create": Row(OWNER, FORM),
    "webhooks:webhook_preview": Row(OWNER, (405, 200)),
    "webhooks:webhook_detail": thing(OWNER, READ),
    "webhooks:webhook_edit_preview": thing(OWNER, (405, 200)),
    "webhooks:webhook_edit": thing(OWNER, FORM),
    "webhooks:webhook_delete": thing(OWNER, DONE),
    "webhooks:webhook_pause": thing(OWNER, ACT),
    "webhooks:webhook_resume": thing(OWNER, (302, 302)),
    "webhooks:secret_replace": thing(OWNER, FORM),
    "webhooks:webhook_recover": thing(OWNER, FORM),
    "webhooks:connection_check": thing(OWNER, FORM),
    "webhooks:test_send": thing(OWNER, ACT),
    "webhooks:webhook_retry": thing(OWNER, ACT),
    "webhooks:webhook_backfill": thing(OWNER, FORM),
    "webhooks:webhook_jobs": thing(OWNER, READ),
    "webhooks:delivery_detail": thing(OWNER, READ),
    "webhooks:delivery_redeliver": thing(OWNER, ACT),
    "connect:request_detail": Row(OWNER, READ),
    "connect:request_create": Row(OWNER, (302, 200), but={"stranger": 200}),  # to the one that is open
    "connect:message_create": thing(OWNER, (405, 200)),
    "connect:answer_create": thing(OWNER, (405, 200)),
    "connect:request_withdraw": thing(OWNER, DONE),
    "tickets:project_list": Row(MEMBERS, READ),
    "tickets:project_create": Row(MEMBERS, FORM),
    "tickets:project_detail": thing(MEMBERS, READ),
    "tickets:project_edit": thing(MEMBERS, FORM),
    "tickets:project_archive": thing(MEMBERS, DONE),
    "tickets:project_restore": thing(MEMBERS, ACT),
    "tickets:project_setup": thing(MEMBERS, READ),
    "tickets:layer_create": thing(MEMBERS, (405, 422)),
    "tickets:form_assign": thing(MEMBERS, (405, 422)),
    "tickets:ticket_create": thing(MEMBERS, FORM),
    "tickets:ticket_detail": thing(MEMBERS, READ),
    "tickets:ticket_edit": thing(MEMBERS, FORM),
    "tickets:ticket_delete": thing(MEMBERS, DONE),
    "tickets:comment_create": thing(MEMBERS, (405, 422)),
    "tickets:attachment_create": thing(MEMBERS, (405, 422)),
    "tickets:attachment_file": thing(MEMBERS, READ),
    "tickets:attachment_delete": thing(MEMBERS, DONE),
    "openapi": Row(API_USERS, READ, nobody=(401, 405)),
    "api_docs": Row(API_USERS, READ, nobody=("in", 405)),
    "api_listen": Row(API_USERS, READ, nobody=(401, 405)),
    "api_search": Row(API_USERS, READ, nobody=("in", 405)),
    "api_events": Row(API_USERS, READ, nobody=("in", 405)),
    "api_group": Row(API_USERS, READ, nobody=("in", 405)),
    "api_try": Row(API_USERS, READ, nobody=("in", 405)),
    "account_login": Public((302, 302), nobody=(200, 200)),
    "account_logout": SignedIn((200, "in")),
    "account_inactive": Public(READ),
    "account_signup": Public((302, 302), nobody=(200, 200)),  # it says that nobody signs themself up
    "account_reauthenticate": SignedIn(FORM),
    "account_email": SignedIn((302, 302)),
    "account_email_verification_sent": Public(READ),
    "account_change_password": SignedIn(FORM),
    "account_set_password": SignedIn((302, 302)),
    "account_reset_password": Public(FORM),
    "account_confirm_login_code": SignedIn((302, 302)),
    "account_confirm_email": Public((200, 404)),
    "account_reset_password_from_key_done": Public(READ),
    "account_reset_password_from_key": Public(FORM),
    "account_reset_password_done": Public(READ),
    "mfa_index": SignedIn(READ),
    "mfa_authenticate": SignedIn((302, 302)),
    "mfa_reauthenticate": SignedIn((302, 302)),
    "mfa_activate_totp": SignedIn(FORM),
    "mfa_deactivate_totp": SignedIn((404, 404)),
    "mfa_view_recovery_codes": SignedIn((404, 405)),
    "mfa_generate_recovery_codes": SignedIn(FORM),
    "mfa_download_recovery_codes": SignedIn((404, 404)),
    "mfa_list_webauthn": SignedIn(READ),
    "mfa_add_webauthn": SignedIn(FORM),
    "mfa_reauthenticate_webauthn": SignedIn((302, 302)),
    "mfa_remove_webauthn": SignedIn((404, 404)),
    "mfa_edit_webauthn": SignedIn((404, 404)),
    "usersessions_list": SignedIn(DONE),
    "help_index": SignedIn(READ),
    "help_page": SignedIn(READ),
    "health_live": Public(READ),
    "health_ready": Public((503, 405)),  # no beat in a test; see tests/test_health.py
    "metrics": Public((403, 405)),  # it wants a token of its own; see tests/test_metrics.py
    "demo:inbox": Public(FORM),
}


def addresses(resolver=None, namespace="", path=""):
    """Walk through the addresses of the project: the name of each, and of what it needs."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = path + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", re.findall(r"<(?:\w+:)?(\w+)>", route)
        else:
            yield from addresses(entry, namespace + (f"{entry.namespace}:" if entry.namespace else ""), route)


ADDRESSES = dict(addresses())


@pytest.fixture
def people(owner, manager, api_user, member, external, stranger):
    """One of every kind; Customer Success belongs to no account."""
    staff = Membership(user=User.objects.create_user("staff@planradar.example", name="Stella", is_staff=True))
    cast = [owner, manager, api_user, member, external, stranger, staff]
    for one in cast:
        one.user.password = PASSWORD
        one.user.save()
    return dict(zip(PEOPLE, [*cast, None], strict=True))


@pytest.fixture
def place(account, project, owner, api_user, join):
    """What stands in addresses: things of the first account, and a token of the API user."""
    actor = Actor(owner.user, via="page")
    webhook = Webhook.objects.create(account=account, description="ERP", url="http://127.0.0.1:9/", events=[])
    webhook.make_secret(idempotency_key=uuid.uuid4(), now=timezone.now())
    ticket = create_ticket(project=project, actor=actor, values={"subject": "Crack"})
    newcomer = invite(Newcomer("Nora", "nora@new.example", "internal"), by=ActingMember(owner, ""))
    attachment = attach_file(ticket=ticket, actor=actor, content=ContentFile(b"%PDF-1.7\n"), name="plan.pdf")
    token, _ = PersonalAccessToken.objects.issue(membership=api_user, name="ERP")
    return {
        "accounts": {"pk": join(account, "olek").pk, "secret": "x"},
        "accounts:user_reactivate": {"pk": join(account, "dora", is_active=False).pk},
        "accounts:invitation": {"pk": newcomer.pk, "secret": "x"},
        "tokens": {"pk": token.pk},
        "help_page": {"name": "owners"},
        "api_group": {"name": "tickets"},
        "connect": {"pk": ConnectRequest.objects.create(account=account, requested_by=owner.user).pk},
        "webhooks": {"pk": webhook.pk, "delivery_pk": send_test(webhook=webhook, actor=actor).pk},
        "tickets": {
            "pk": project.pk,
            "project_pk": project.pk,
            "uuid": ticket.uuid,
            "attachment_uuid": attachment.uuid,
        },
    }


def outcome(client, method, url):
    """Ask, and undo what it did: a status, or `in` where it leads to the sign-in."""
    with transaction.atomic():
        answer = getattr(client, method)(url)
        transaction.set_rollback(True)
    return "in" if answer.headers.get("Location", "").startswith("/auth/login/") else str(answer.status_code)


@pytest.fixture
def url_of(place):
    def url_of(name):
        app = "accounts:invitation" if name.startswith("accounts:invitation") else name.split(":")[0]
        known = {"pk": 1, "uidb36": "1", "key": "x", "token": "x"} | place.get(app, {}) | place.get(name, {})
        return reverse(name, kwargs={key: known[key] for key in ADDRESSES[name]})

    return url_of


@pytest.mark.parametrize("name", TABLE)
def test_address_answers_each_kind_of_person_as_the_table_says(people, url_of, client_of, name):
    row, url = TABLE[name], url_of(name)
    answers = {
        person: [outcome(client_of(member), method, url) for method in ("get", "post")]
        for person, member in people.items()
    }

    assert answers == {person: [row.expected(person, 0), row.expected(person, 1)] for person in people}


def test_table_has_every_address():
    assert {name for name in ADDRESSES if not name.startswith(("admin:", "api-2.0:"))} == set(TABLE)


def test_every_page_of_the_settings_leads_to_its_part_of_the_guide(people, url_of, client_of):
    clients = [client_of(people["owner"]), client_of(people["api_user"])]
    names = [name for name in TABLE if not name.startswith("tickets:")]
    answers = [(name, client.get(url_of(name))) for name in names for client in clients]
    settings = [
        (name, answer.content.decode())
        for name, answer in answers
        if answer.status_code == 200 and {"base_settings.html"} & {template.name for template in answer.templates}
    ]

    assert len(settings) > 50
    assert {name for name, _ in settings} - PLACES.keys() == set()
    assert [
        name
        for name, page in settings
        if len(re.findall(rf'<a href="(/accounts/\d+)?{part(PLACES[name]).url}">', page)) != 1
    ] == []


@pytest.mark.parametrize("person", ["owner", "nobody"])
def test_administration_opens_to_nobody_but_staff(people, client_of, person):
    client = client_of(people[person])
    pages = [name for name, keys in ADDRESSES.items() if name.startswith("admin:") and not keys]
    statuses = {client.get(reverse(name), follow=True).status_code for name in pages if name != "admin:jsi18n"}

    assert len(pages) > 10
    assert statuses == {403 if person == "owner" else 200}  # which is the sign-in


@pytest.mark.parametrize("person", ["member", "nobody"])
def test_api_opens_to_nobody_without_a_key_of_somebody_with_access(people, account, place, token_of, person):
    key = token_of(people[person]) if people[person] else ""
    headers = {"X-PlanRadar-API-Key": key}
    names = [name for name, keys in ADDRESSES.items() if name.startswith("api-2.0:") and "customer_id" in keys]
    urls = {reverse(name, kwargs=dict.fromkeys(ADDRESSES[name], account.pk)) for name in names}
    statuses = {
        getattr(Client(REMOTE_ADDR=f"192.0.2.{number}"), method)(url, headers=headers).status_code
        for number, url in enumerate(urls)
        for method in ("get", "post", "put", "delete")
    }

    assert len(urls) > 15
    assert statuses == {401, 405}

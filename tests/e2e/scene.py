"""Fills the demo account with everything a page may have to show: `manage.py shell -c "… scene.build()"`."""

import json
import sys
import uuid
from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.acting import ActingMember
from accounts.actors import Actor
from accounts.members.invitations import Newcomer, invite
from accounts.models import Account, Membership, User
from connect.models import ConnectRequest
from connect.services import ActingUser, perform, submit
from tests.e2e.passkey import passkey
from tests.e2e.site import PASSWORD
from tickets.services import attach_file
from tickets.services.tickets import create_ticket
from tokens.models import LimitRequest, PersonalAccessToken
from webhooks.engine import jobs
from webhooks.http.outcome import DeliveryError
from webhooks.models import Attempt, Header, Webhook
from webhooks.services import send_test

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\2\0\0\0\x90wS\xde"
    b"\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\3\1\1\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82"
)
NOW = timezone.now()


def ago(**span):
    return NOW - timedelta(**span)


def build():
    """Make it, and print what stands in addresses."""
    account = Account.objects.get(name="Demo Construction")
    owner = account.owner
    place = _people(account, owner) | _tokens(account, owner) | _webhooks(account, owner)
    place |= _tickets(account, owner) | _connect(account, owner) | _empty_account(account)
    place |= {
        name: name for name in ("owners", "integrators", "customer-success", "webhooks", "tickets")
    }  # guides, groups
    sys.stdout.write(json.dumps(place))


def _member(account, email, name, **fields):
    user = User.objects.create_user(email, PASSWORD, name=name)
    return Membership.objects.create(account=account, user=user, **fields)


def _people(account, owner):
    long = _member(account, f"{'x' * 50}@demo.example", LONG, has_api_access=True, can_manage_users=True)
    gone = _member(account, "gone@demo.example", "Dora Gone", is_active=False)
    guarded = _member(account, "guarded@demo.example", "Greta Guarded", has_api_access=True)
    TOTP.activate(guarded.user, generate_totp_secret())
    key = WebAuthn.add(guarded.user, LONG, passkey())
    lost = _member(account, "lost@demo.example", "Lara Lost").user
    _member(account, "broken@demo.example", "Bo Broken")
    broken = User.objects.get(email="broken@demo.example")
    Authenticator.objects.create(user=broken, type=Authenticator.Type.TOTP, data={"secret": "no ciphertext"})
    invited = invite(Newcomer("Nora New", "nora@new.example", "internal"), by=ActingMember(owner, ""))
    secret = invited.invitation.reissue(by=owner, now=NOW)
    return {
        "owner_member": owner.pk,
        "long": long.pk,
        "gone": gone.pk,
        "invited": invited.pk,
        "secret": secret,
        "codes": RecoveryCodes.activate(guarded.user).get_unused_codes(),
        "passkey": key.instance.pk,
        "uidb36": user_pk_to_url_str(lost),
        "key": default_token_generator.make_token(lost),
    }


def _tokens(account, owner):
    make_token, tokens = PersonalAccessToken.objects.issue, {}
    for member in (owner, account.memberships.get(user__email="api-user@demo.example")):
        token, _ = make_token(
            membership=member, name=f"ERP {LONG}", note=LONG, networks=["203.0.113.0/24"], can_write=False
        )
        token.mark_used("203.0.113.7", "curl/8", NOW)
        make_token(membership=member, name="Ends soon", expires_at=NOW + timedelta(days=2))
        make_token(membership=member, name="Over", expires_at=ago(days=1), now=ago(days=9))
        make_token(membership=member, name="Taken away")[0].revoke(by=owner.user)
        old, _ = make_token(membership=member, name="Passed on")
        old.rotate(overlap=None, expires_at=None, idempotency_key=uuid.uuid4(), now=NOW)
        older, _ = make_token(membership=member, name="Replaced")
        older.rotate(overlap=timedelta(0), expires_at=None, idempotency_key=uuid.uuid4(), now=ago(hours=1))
        token.days.create(day=NOW.date(), operation="GET /projects", served=12, refused=3)
        token.addresses.create(address="203.0.113.7", agent="curl/8", last_seen_at=NOW)
        tokens[member.user.email.split("@")[0]] = token.pk
    account.api_hours.create(hour=NOW.replace(minute=0, second=0, microsecond=0), served=40, refused=7)
    limit_request = LimitRequest.objects.create(account=account, requested_by=owner.user, number=90, reason=LONG)
    limit_request.decline(by=owner.user, answer=LONG, now=NOW)
    return {"owner_token": tokens["owner"], "api_token": tokens["api-user"]}


def _webhook(account, name, url="http://127.0.0.1:9/erp", **fields):
    webhook = Webhook.objects.create(account=account, description=name, url=url, events=["ticket.created"], **fields)
    webhook.make_secret(idempotency_key=uuid.uuid4(), now=NOW)
    return webhook


def _delivery(webhook, owner, status, attempts=0, fault=""):
    """Make a delivery as the engine would have left it."""
    delivery = send_test(webhook=webhook, actor=Actor(owner.user, via="page"))
    for number in range(1, attempts + 1):
        Attempt.objects.create(
            delivery=delivery,
            number=number,
            started_at=ago(minutes=60 - number),
            duration_ms=17,
            dns_ms=1,
            url=webhook.url,
            request_head=f"Content-Type: application/json\nwebhook-id: {delivery.event.uid}",
            status_code=500 if fault else 200,
            error=fault,
            response_head="Content-Type: text/html",
            response_excerpt=f"<h1>{LONG}</h1>" * 20,
        )
    delivery.status, delivery.attempt_count, delivery.is_urgent = status, attempts, False
    delivery.next_attempt_at = NOW + timedelta(hours=2) if status == "pending" else None
    delivery.finished_at = None if status in {"pending", "held"} else NOW
    delivery.save()
    return delivery


def _webhooks(account, owner):
    failing = _webhook(
        account,
        f"Mängel an {LONG}",
        f"http://127.0.0.1:9/{'langer-weg/' * 20}",
        authentication="basic",
        basic_user="erp",
        basic_password="x",
    )
    Header.objects.create(webhook=failing, name="X-Tenant", value=LONG.replace("ä", "a"))
    Header.objects.create(webhook=failing, name="X-Key", value="hidden away", is_hidden=True)
    failing.consecutive_failures, failing.probe_at = 7, NOW + timedelta(hours=1)
    failing.first_failure_at = failing.last_failure_at = ago(days=1)
    failing.save()
    paused, disabled = _webhook(account, "Paused"), _webhook(account, "Disabled")
    failed = _delivery(failing, owner, "failed", 10, DeliveryError.SERVER)
    waiting, _new = _delivery(failing, owner, "pending", 3, DeliveryError.CONNECT), _delivery(failing, owner, "pending")
    delivered = _delivery(failing, owner, "delivered", 1)
    moving = _delivery(failing, owner, "pending", 3, DeliveryError.CONNECT)
    moving.is_urgent = True  # asked for by hand: it is on its way
    moving.save()
    for webhook in (paused, disabled):
        _delivery(webhook, owner, "held")
    jobs.switch_off(paused, Webhook.State.PAUSED, timezone.now())
    jobs.switch_off(disabled, Webhook.State.DISABLED, timezone.now())
    return {
        "failing": failing.pk,
        "paused": paused.pk,
        "disabled": disabled.pk,
        "failed": failed.pk,
        "waiting": waiting.pk,
        "delivered": delivered.pk,
        "moving": moving.pk,
    }


def _tickets(account, owner):
    project, actor = account.projects.first(), Actor(owner.user, via="page")
    ticket = create_ticket(project=project, actor=actor, values={"subject": LONG, "description": LONG})
    photo = attach_file(ticket=ticket, actor=actor, content=ContentFile(PIXEL), name=f"{LONG}.png")
    return {"project": project.pk, "ticket": str(ticket.uuid), "attachment": str(photo.uuid)}


def _connect(account, owner):
    connect_request = ConnectRequest(purpose=LONG, contact=LONG, other_apps=LONG, language="de")
    by = ActingUser(Actor(owner.user, via="page"), "")
    submit(connect_request, account=account, apps=[], by=by)
    perform(connect_request, lambda current: current.ask(f"What is {LONG}?", by=owner.user, now=NOW), by=by)
    return {"wish": connect_request.pk}


def _empty_account(demo):
    """Make an account with nothing in it; the demo's manager belongs to it as well, and can switch."""
    account = Account.objects.create(name=f"Leer & {LONG}")
    account.owner = _member(account, "empty@demo.example", "Emma Empty")
    account.save()
    Membership.objects.create(account=account, user=demo.memberships.get(user__email="manager@demo.example").user)
    return {}

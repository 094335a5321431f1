"""The demo inbox: a receiver of webhooks that shows what a receiver receives. Only with DEBUG, on this machine."""

from __future__ import annotations

import base64
import binascii
import hmac
import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from planradar.demo.models import InboxMessage
from webhooks.http import signing
from webhooks.models import Webhook

TOLERANCE = 300  # seconds between the stamp of an event and its arrival
NOT_SHOWN = {"Authorization", "Cookie"}


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "demo/inbox.html", {"inbox_messages": InboxMessage.objects.all()})
    InboxMessage.objects.create(
        headers={name: value for name, value in request.headers.items() if name not in NOT_SHOWN},
        basic_user=_basic_user(request.headers.get("Authorization", "")),
        body=_laid_out(request.body),
        is_verified=_is_verified(request),
    )
    InboxMessage.keep_the_latest()
    return HttpResponse("Received.\n", content_type="text/plain")


def _basic_user(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(credentials).decode().partition(":")[0][:200]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _laid_out(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _is_verified(request: HttpRequest) -> bool:
    """Check the signature with the secrets of the webhooks that send here."""
    now, stamp = timezone.now(), request.headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(now.timestamp() - int(stamp)) > TOLERANCE:
        return False
    given = request.headers.get("webhook-signature", "").split()
    senders = Webhook.objects.filter(url=request.build_absolute_uri()).prefetch_related("secrets")
    message_id = request.headers.get("webhook-id", "")
    return any(
        hmac.compare_digest(
            one.encode(), signing.sign(secret, message_id=message_id, timestamp=int(stamp), body=request.body).encode()
        )
        for sender in senders
        for secret in sender.signing_secrets(now)
        for one in given
    )

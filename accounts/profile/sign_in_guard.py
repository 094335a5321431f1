"""Failed sign-ins: counted so that strangers cannot lock a person out, and guessing does not pay.

Five failures for an e-mail from one address end attempts from that address for five minutes. Failures for an e-mail
from anywhere, twenty an hour, ask for more than a password: a browser that the person has used before, or a wait,
which a link in a mail to the person skips.
"""

from __future__ import annotations

from typing import Final

from allauth.core.internal import ratelimit
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from accounts import mail, security_log
from accounts.models import SecurityEvent, User
from accounts.profile import devices

APP: Final = "allauth.account"
ANYWHERE: Final = "login_failed_anywhere"  # a name in ACCOUNT_RATE_LIMITS
UNLOCKED_KEY = "sign_in_unlocked"  # of the session: the number of the person who opened the link here
LINK_LIFE = 3600  # seconds; also the least time between two mails
SALT = "accounts.sign_in_guard"


def count_failure(request: HttpRequest, email: str) -> None:
    ratelimit.consume(request, app=APP, action=ANYWHERE, key=email)


def must_wait(request: HttpRequest, email: str) -> bool:
    """Tell whether attempts for the e-mail wait; its person is mailed a link that lets this browser go on."""
    if ratelimit.consume(request, app=APP, action=ANYWHERE, key=email, dry_run=True):
        return False
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return True
    if request.session.get(UNLOCKED_KEY) == user.pk or devices.is_known(request, user):
        return False
    security_log.record(SecurityEvent.Kind.SIGN_IN_HELD, request, user)
    if cache.add(f"sign-in-link:{user.pk}", 1, LINK_LIFE):
        link = mail.link(reverse("accounts:sign_in_unlock", args=[signing.dumps([user.pk, user.email], salt=SALT)]))
        mail.send("sign_in_unlock", to=user, context={"link": link})
    return True


def unlock(request: HttpRequest, token: str) -> bool:
    """Let this browser try again, where the link is good: for an hour, and as long as the e-mail is the person's."""
    try:
        pk, email = signing.loads(token, salt=SALT, max_age=LINK_LIFE)
    except signing.BadSignature:
        return False
    if not User.objects.filter(pk=pk, email=email).exists():
        return False
    request.session[UNLOCKED_KEY] = pk
    return True

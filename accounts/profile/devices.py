"""Browsers that a person signed in with before: a signed cookie, which ends with the password or the e-mail."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import mail
from accounts.models import SecurityEvent, User
from accounts.security_log import agent_of

SALT = "accounts.devices"
AGE = 365 * 24 * 3600  # seconds
MOST = 10  # people in one browser


def is_known(request: HttpRequest, user: User) -> bool:
    """Tell whether the person signed in with this browser before."""
    return constant_time_compare(_read(request).get(str(user.pk), ""), _mark_of(user))


def remember(response: HttpResponseBase, request: HttpRequest, user: User) -> None:
    others = {pk: mark for pk, mark in _read(request).items() if pk != str(user.pk)}
    people = {**others, str(user.pk): _mark_of(user)}
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(dict([*people.items()][-MOST:]), salt=SALT),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def tell_of_new(request: HttpRequest, user: User) -> None:
    """Mail the person who signs in with a browser that is new, unless it is their first."""
    ip, agent = request.META["REMOTE_ADDR"], agent_of(request)
    earlier = SecurityEvent.objects.of(user).filter(kind=SecurityEvent.Kind.SIGNED_IN)
    if is_known(request, user) or not earlier.exists() or earlier.filter(ip=ip, user_agent=agent).exists():
        return
    if mail.may_send(user.email, "new_device"):
        link = mail.link(reverse("account_reset_password"))
        mail.send("new_device", to=user, context={"ip": ip, "agent": agent, "link": link})


def _mark_of(user: User) -> str:
    return salted_hmac(SALT, f"{user.pk}|{user.password}|{user.email}", algorithm="sha256").hexdigest()[:32]


def _read(request: HttpRequest) -> Mapping[str, str]:
    try:
        people = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return {}
    return people if isinstance(people, dict) else {}

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, cast
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts import mail, security_log
from accounts.access import signed_in_recently
from accounts.models import Membership, SecurityEvent, User
from accounts.profile import devices, second_factor_policy, sign_in_guard

Kind = SecurityEvent.Kind


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs themselves up: users are created by those who manage users."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead Customer Success to the administration, and everybody else to their projects."""
        user = cast(User, request.user)
        if user.is_staff and not user.memberships.active().exists():
            return reverse("admin:index")
        return super().get_login_redirect_url(request)

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Ask for the password no sooner than our own pages do: not right after signing in."""
        return not signed_in_recently(self.request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Begin as all links in mails do, whatever the request called this host."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return mail.link(path.replace("UID-KEY", quote(key)))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """Count by e-mail and address together: a stranger's failures end a stranger's attempts."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}@{request.META['REMOTE_ADDR']}"

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        super().pre_authenticate(request, **credentials)
        if sign_in_guard.must_wait(request, _email_of(credentials)):
            raise ValidationError(
                _(
                    "There were too many failed sign-ins for this e-mail. Wait an hour, or use the link in the mail "
                    "that we sent to it."
                )
            )

    def authentication_failed(self, request: HttpRequest, **credentials: str) -> None:
        email = _email_of(credentials)
        sign_in_guard.count_failure(request, email)
        security_log.record(Kind.SIGN_IN_FAILED, request, User.objects.filter(email=email).first())

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Check the password of who is signed in. Only they can fail here, so nobody else can lock them out."""
        if user.check_password(password):
            return True
        security_log.record(Kind.REAUTHENTICATION_FAILED, self.request, cast(User, user))
        return False

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Write the sign-in down; tell of a browser that is new, and know it from now on."""
        person = cast(User, user)
        devices.tell_of_new(request, person)
        security_log.record(Kind.SIGNED_IN, request, person)
        response = super().post_login(request, user, **kwargs)
        devices.remember(response, request, person)
        memberships = list(Membership.objects.active().filter(user=person).select_related("account"))
        if due := second_factor_policy.due_at(person, memberships, timezone.now()):
            day = formats.date_format(due.astimezone(person.zone), "DATE_FORMAT")
            text = _("Your role requires a second factor. Set one up under Profile > Second factor by %(day)s.")
            messages.warning(request, text % {"day": day})
        return response

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, object]) -> None:
        """Leave the sending to a worker: no mail server keeps a request waiting, or tells by its time who is known.

        Requests beyond the limit send no mail; links sent before go on working.
        """
        user = User.objects.filter(email__iexact=email).first()
        if not mail.may_send(email, template_prefix, mail.BOUNDS if user else mail.BOUNDS_OF_STRANGERS):
            return
        facts = {"request": self.request, "email": email, **context}
        with mail.speaking_to(user, otherwise=translation.get_language()) if user else nullcontext():
            message = self.render_mail(template_prefix, email, facts)
        links = frozenset(str(value) for name, value in context.items() if name.endswith("_url"))
        mail.write(email, mail.letter_of(message.subject, message.body, links=links), kind=template_prefix)


def _email_of(credentials: Mapping[str, str]) -> str:
    return credentials.get("email", "").strip().lower()

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from accounts import mail
from accounts.access import signed_in_recently
from accounts.models import User


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
        """Ask for the password no sooner than our own pages do: whoever signed in just now is not asked."""
        return not signed_in_recently(self.request)

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, object]) -> None:
        """Leave the sending to a worker: no mail server keeps a request waiting, or tells by its time who is known."""
        facts = {"request": self.request, "email": email, **context}
        message = self.render_mail(template_prefix, email, facts)
        mail.write(email, mail.Letter(message.subject, message.body.strip()))

"""Telling who signs in of an invitation that waits for them: mails get lost."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Invitation, User

INVITATION_KEY = "invitation"  # of the session: the hash that finds the invitation, not the secret in its link


@receiver(user_logged_in)
def remember_invitation(request: HttpRequest, user: User, **kwargs: Any) -> None:
    waiting = Invitation.objects.live(timezone.now()).filter(membership__user=user).order_by("-sent_at").first()
    if waiting:
        request.session[INVITATION_KEY] = waiting.digest


def is_waiting(request: HttpRequest) -> bool:
    return request.user.is_authenticated and INVITATION_KEY in request.session

"""What nobody needs any more: sessions that expired, old security events, mails that were sent or given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.models import OutgoingMail, SecurityEvent

EVENTS_KEPT = timedelta(days=400)
MAILS_KEPT = timedelta(days=30)  # longer than the bounds of mails look back


def forget(now: datetime) -> None:
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    SecurityEvent.objects.filter(created_at__lt=now - EVENTS_KEPT).delete()
    OutgoingMail.objects.over_since(now - MAILS_KEPT).delete()

"""Mails about tokens and the limit, each once."""

from __future__ import annotations

import time

from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.models import Account, Membership
from tokens.models import LimitNotice, LimitRequest

ASKED_EVERY = 600  # seconds for which a process does not ask again whether the owner was told
_asked: dict[int, float] = {}


def limit_reached(account: Account) -> None:
    """Tell the owner that requests are refused, at most once a day, at no cost to most refusals."""
    now = time.monotonic()
    if now - _asked.get(account.pk, -ASKED_EVERY) < ASKED_EVERY:
        return
    _asked[account.pk] = now
    try:
        with transaction.atomic():
            owner = Membership.objects.select_related("user").filter(owned_account=account).first()
            if owner and LimitNotice.objects.take(account, timezone.now()):
                link = mail.link(reverse("tokens:limit_detail"), account)
                mail.send("api_limit_reached", to=owner.user, context={"account": account, "link": link})
    except DatabaseError:  # the refusal is answered all the same, and the next one tries again
        del _asked[account.pk]


def limit_decided(limit_request: LimitRequest) -> None:
    """Mail the decision to the person who asked for a higher limit, and to the owner where that is another person."""
    owner = Membership.objects.select_related("user").get(owned_account=limit_request.account)
    people = {person.pk: person for person in (owner.user, limit_request.requested_by) if person}
    template = "api_limit_granted" if limit_request.state == limit_request.State.GRANTED else "api_limit_declined"
    for person in people.values():
        link = mail.link(reverse("tokens:limit_detail"), limit_request.account)
        context = {"request": limit_request, "account": limit_request.account, "link": link}
        mail.send(template, to=person, context=context, trusted=limit_request.answer)

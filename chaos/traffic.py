"""Publishing, as the product's own pages and API do: each event in a transaction of its caller."""

from __future__ import annotations

import hashlib
import random
import time
import uuid
from contextlib import suppress

from django.db import Error, close_old_connections, connection, transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Account, Membership, User
from chaos.result import Key
from webhooks import events
from webhooks.engine.publish import publish
from webhooks.models import Delivery, Event, Webhook

RATE = 250  # events a second, so that faults fall into the midst of work
BURST = 8  # events in one transaction at most


class RolledBackError(Exception):
    """The caller thought better of it."""


class Publisher:
    """An account whose webhooks are told of every event."""

    def __init__(self, url: str, *, webhooks: int, secret: str, rolls_back: bool) -> None:
        self._rolls_back = rolls_back
        self._account = Account.objects.create(name="Faults")
        user = User.objects.create_user("olga@faults.example", name="Olga")
        self._account.owner = Membership.objects.create(account=self._account, user=user)
        self._account.save()
        self._actor = Actor(user, via="page")
        self._sent: dict[str, str] = {}
        self._paths = [f"/{number}" for number in range(webhooks)]
        for path in self._paths:
            webhook = Webhook.objects.create(
                account=self._account,
                description=path,
                url=url.removesuffix("/") + path,
                events=[events.TICKET_CREATED],
            )
            webhook.secrets.create(value=secret, idempotency_key=uuid.uuid4(), created_at=timezone.now())
        connection.close()  # it would not outlive the database

    def publish(self, count: int) -> None:
        """Publish so many events. What the database does not take is tried again, as a user would."""
        began, done = time.monotonic(), 0
        while done < count:
            burst = min(random.randint(1, BURST), count - done)
            close_old_connections()
            try:
                if self._rolls_back:
                    self._publish_in_vain(burst)
                self._sent |= self._publish_some(burst)
                done += burst
            except Error:
                time.sleep(0.2)
            time.sleep(max(began + done / RATE - time.monotonic(), 0))
        connection.close()

    def _publish_some(self, count: int, *, in_vain: bool = False) -> dict[str, str]:
        """Publish some events in one transaction; return their ids and bodies."""
        with transaction.atomic():
            published = [self._publish_one() for _ in range(count)]
            if in_vain:
                raise RolledBackError
        return {event.uid: event.body for event in published}

    def _publish_in_vain(self, count: int) -> None:
        with suppress(RolledBackError):
            self._publish_some(count, in_vain=True)

    def _publish_one(self) -> Event:
        return publish(
            events.TICKET_CREATED,
            account=self._account,
            project=None,
            actor=self._actor,
            data={"id": "1", "type": "tickets", "attributes": {"subject": "Riß", "description": "x" * 500}},
        )

    def sent(self) -> dict[Key, str]:
        """Return every delivery with the digest of its body: of each publishing that returned, and of each row.

        A row without a return is a commit whose answer was lost; a return without a row would be a loss.
        """
        bodies = self._sent | dict(self._account.events.values_list("uid", "body"))
        digests = {uid: hashlib.sha256(body.encode()).hexdigest() for uid, body in bodies.items()}
        return {(path, uid): digest for path in self._paths for uid, digest in digests.items()}

    def delivered(self) -> set[Key]:
        """Return what is recorded as delivered."""
        done = Delivery.objects.filter(status=Delivery.Status.DELIVERED)
        return set(done.values_list("webhook__description", "event__uid"))

    def is_waiting(self) -> bool:
        return Delivery.objects.filter(status=Delivery.Status.PENDING).exists()

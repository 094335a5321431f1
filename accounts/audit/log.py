"""The audit log: one `record` per act, in the transaction of the act, and a check that nothing was changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import security_log
from accounts.access import AccountRequest
from accounts.actors import Actor
from accounts.audit.actions import LABELS
from accounts.models import Account, AuditEntry
from accounts.models.audit import FIRST, dumps, fingerprint, seal_keys
from lib.db import require_atomic

__all__ = ["Verdict", "changes", "fingerprint", "lock", "record", "record_for_request", "recorded", "verify"]


def record(
    action: str,
    *,
    account: Account,
    actor: Actor | None,
    subject: str,
    detail: Mapping[str, object] | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """Append an entry. `action` is a key of `audit_actions.LABELS`; no actor means the system itself.

    `subject` names what was acted on, as a person knows it. Of secrets, `detail` holds fingerprints alone.
    The account's row stays locked until the end of the transaction, so that entries form one chain.
    """
    if action not in LABELS:
        raise ValueError(action)
    require_atomic(action)
    lock(account)
    last = AuditEntry.objects.of(account).newest_first().only("number", "seal").first()
    entry = AuditEntry(
        account=account,
        number=last.number + 1 if last else 1,
        at=timezone.now(),
        actor=actor.user if actor else None,
        actor_name=_name(actor),
        via=actor.via if actor else "system",
        token=actor.token if actor else "",
        action=action,
        subject=subject[:300],
        detail=dumps(detail or {}),
        ip=ip or "",
        previous=last.seal if last else FIRST,
    )
    entry.seal = entry.computed_seal(settings.AUDIT_KEYS[0])
    entry.save()
    facts = {"account": account.pk, "number": entry.number, "via": entry.via, "ip": entry.ip, "subject": entry.subject}
    transaction.on_commit(lambda: security_log.log(action, user=entry.actor, **facts), robust=True)
    return entry


def lock(account: Account) -> None:
    """Let nobody else write for the account until the end of the transaction."""
    Account.objects.select_for_update(no_key=True).filter(pk=account.pk).values_list("pk").first()


def _name(actor: Actor | None) -> str:
    return f"{actor.user.name} <{actor.user.email}>" if actor else ""


def record_for_request(
    request: AccountRequest, action: str, *, subject: str, detail: Mapping[str, object] | None = None
) -> AuditEntry:
    """Append an entry for an act on a page."""
    actor = Actor(request.user, via="page")
    return record(
        action, account=request.account, actor=actor, subject=subject, detail=detail, ip=request.META["REMOTE_ADDR"]
    )


@contextmanager
def recorded(
    request: AccountRequest, action: str, *, subject: str, detail: Mapping[str, object] | None = None
) -> Iterator[None]:
    """Do what is in the block and record it, both or neither."""
    with transaction.atomic():
        lock(request.account)  # first, as everything does that writes for an account, so that nobody waits in a ring
        yield
        record_for_request(request, action, subject=subject, detail=detail)


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return what differs, as `{name: {"from": …, "to": …}}`."""
    return {name: {"from": before.get(name), "to": value} for name, value in after.items() if before.get(name) != value}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of one account's chain found: `broken_at` is the first number that is missing or was changed."""

    entries: int
    broken_at: int | None = None
    last_seal: str = FIRST

    @property
    def holds(self) -> bool:
        return self.broken_at is None


def verify(account_id: int) -> Verdict:
    """Read an account's entries from the first to the last and check number, chain and seal of each.

    Once an entry has a newer key's seal, no later one may have an older key's: a retired key writes no new history.
    """
    seal, number = FIRST, 0
    keys = seal_keys()
    entries = AuditEntry.objects.filter(account_id=account_id).order_by("number")
    for number, entry in enumerate(entries.iterator(), start=1):
        key = entry.sealed_by(keys)
        if entry.number != number or entry.previous != seal or key is None:
            return Verdict(entries=number - 1, broken_at=number, last_seal=seal)
        seal, keys = entry.seal, keys[: keys.index(key) + 1]
    return Verdict(entries=number, last_seal=seal)

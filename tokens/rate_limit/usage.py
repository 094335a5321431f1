"""What tokens are used for: counted beside the limit, without a query or a call of its own, and read by the pages.

Counts wait in Redis, where a task collects them once a minute, or in the memory of the process that has no Redis,
which writes them when it notes that a token was used, when a page asks for them, and when it ends. A process that
is killed loses what waits in its memory, a Redis that is emptied what waits there: at most about a minute of counts,
never a request counted twice. The limit does not depend on them.
"""

from __future__ import annotations

import atexit
import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from accounts.models import Account
from tokens.models import AccountHour, PersonalAccessToken, TokenAddress, TokenDay
from tokens.rate_limit import limits
from tokens.rate_limit.sliding_window import Counts, Window

DAYS, HOURS = 30, 24
ADD_DAYS = """
INSERT INTO tokens_tokenday (token_id, day, operation, served, refused) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (token_id, day, operation) DO UPDATE SET
served = tokens_tokenday.served + excluded.served, refused = tokens_tokenday.refused + excluded.refused
"""
ADD_HOURS = """
INSERT INTO tokens_accounthour (account_id, hour, served, refused) VALUES (%s, %s, %s, %s)
ON CONFLICT (account_id, hour) DO UPDATE SET
served = tokens_accounthour.served + excluded.served, refused = tokens_accounthour.refused + excluded.refused
"""
logger = logging.getLogger(__name__)


def flush(source: Window | None = None) -> None:
    """Write what was counted since the last time. Counts that the database does not take are given up, with a note."""
    counts = (source or limits.window()).drain()
    if not counts.uses:
        return
    try:
        with transaction.atomic():
            _write(counts)
    except DatabaseError as error:
        logger.warning("The use of tokens could not be written (%s).", type(error).__name__)


def flush_own() -> None:
    """Write the counts of this process where nobody else can: without Redis, or while it fails."""
    flush(limits.own_window())


def _write(counts: Counts) -> None:
    tokens = PersonalAccessToken.objects.filter(pk__in={tally.token for tally in counts.uses})
    known = set(tokens.values_list("pk", flat=True))  # the others are gone, with their users
    days: Counter[tuple[int, date, str, bool]] = Counter()
    hours: Counter[tuple[int, int, bool]] = Counter()
    for tally, number in counts.uses.items():
        if tally.token in known:
            day = datetime.fromtimestamp(tally.hour, UTC).date()
            days[tally.token, day, tally.operation, tally.served] += number
            hours[tally.account, tally.hour, tally.served] += number
    with connection.cursor() as cursor:
        rows = [
            (token, day, operation, *_columns(served, n)) for (token, day, operation, served), n in sorted(days.items())
        ]
        cursor.executemany(ADD_DAYS, rows)
        cursor.executemany(ADD_HOURS, [(*_hour(*key), *_columns(key[-1], n)) for key, n in sorted(hours.items())])
    _write_places(counts, known)


def _columns(served: bool, number: int) -> tuple[int, int]:
    return (number, 0) if served else (0, number)


def _hour(account: int, hour: int, served: bool) -> tuple[int, str | None]:
    return account, connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(hour, UTC))


def _write_places(counts: Counts, known: Collection[int]) -> None:
    places = [
        TokenAddress(token_id=token, address=address, agent=agent, last_seen_at=datetime.fromtimestamp(at, UTC))
        for (token, address), (at, agent) in sorted(counts.places.items())
        if token in known and address
    ]
    TokenAddress.objects.bulk_create(
        places,
        update_conflicts=True,
        unique_fields=["token", "address"],
        update_fields=["agent", "last_seen_at"],
        batch_size=500,
    )


def forget(now: datetime) -> None:
    """Delete counts that no page shows any more."""
    since = now - timedelta(days=DAYS)
    TokenDay.objects.filter(day__lt=since.date()).delete()
    TokenAddress.objects.filter(last_seen_at__lt=since).delete()
    AccountHour.objects.filter(hour__lt=since).delete()


@dataclass(frozen=True, slots=True)
class Count:
    """Requests in a stretch of time, or to an operation."""

    label: datetime | date | str
    served: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """What one token did in the last 30 days."""

    days: list[Count]
    operations: list[Count]
    addresses: list[TokenAddress]

    @property
    def requests(self) -> int:
        return sum(day.served for day in self.days)


def of_token(token: PersonalAccessToken, now: datetime) -> TokenUsage:
    """Read a token's use in three queries, after writing what is still counted elsewhere."""
    flush()
    first = now.astimezone(UTC).date() - timedelta(days=DAYS - 1)
    counted = TokenDay.objects.filter(token=token, day__gte=first)
    by_day = {
        day: Count(day, served, refused)
        for day, served, refused in counted.values_list("day").annotate(Sum("served"), Sum("refused"))
    }
    by_operation = counted.values_list("operation").annotate(Sum("served"), Sum("refused")).order_by("operation")
    operations = [Count(operation, served, refused) for operation, served, refused in by_operation]
    return TokenUsage(
        [by_day.get(day, Count(day)) for day in (first + timedelta(days=n) for n in range(DAYS))],
        sorted(operations, key=lambda count: -count.served),
        list(token.addresses.filter(last_seen_at__gte=now - timedelta(days=DAYS)).order_by("-last_seen_at")),
    )


def of_account(account: Account, now: datetime) -> list[Count]:
    """Read the hours of the last day, the present one last."""
    flush()
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=HOURS - 1)
    rows = {row.hour: row for row in AccountHour.objects.filter(account=account, hour__gte=first)}
    hours = (first + timedelta(hours=n) for n in range(HOURS))
    return [Count(hour, rows[hour].served, rows[hour].refused) if hour in rows else Count(hour) for hour in hours]


def _flush_at_exit() -> None:
    if limits.own_window.cache_info().currsize:
        flush_own()


atexit.register(_flush_at_exit)

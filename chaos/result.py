"""What came of a cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chaos.receiver import Arrival

Key = tuple[str, str]  # the path of the webhook's URL, and the event's id


@dataclass(frozen=True)
class Result:
    """Counts of deliveries, a delivery being an event on its way to one webhook."""

    name: str
    sent: int
    received: int
    lost: int
    duplicates: int
    strays: int  # arrived and were never sent
    altered: int  # arrived with other bytes than were published
    unsigned: int  # arrived without a signature that holds
    unrecorded: int  # arrived and are not recorded as delivered
    faults: int  # how often the fault happened
    seconds: float
    worker_gave_up: bool

    @property
    def line(self) -> str:
        figures = f"sent {self.sent}, received {self.received}, lost {self.lost}, duplicates {self.duplicates}"
        return f"{self.name}: {figures}"

    def complaints(self, *, may_repeat: bool) -> list[str]:
        """Return what should not be, in words; nothing where all is well."""
        counts = {
            "lost": self.lost,
            "repeated": 0 if may_repeat else self.duplicates,
            "received and never sent": self.strays,
            "with other bytes": self.altered,
            "without a valid signature": self.unsigned,
            "not recorded as delivered": self.unrecorded,
        }
        wrong = [f"{count} {words}" for words, count in counts.items() if count]
        if self.worker_gave_up:
            wrong.append("a worker ended by itself")
        return wrong


def count(
    name: str,
    *,
    sent: Mapping[Key, str],
    delivered: set[Key],
    arrivals: Iterable[Arrival],
    faults: int,
    seconds: float,
    worker_gave_up: bool,
) -> Result:
    """Compare what was sent, with the digests of its bodies, with what arrived and what was recorded."""
    arrivals = list(arrivals)
    times = Counter((one.path, one.event) for one in arrivals)
    received = times.keys() & sent.keys()
    return Result(
        name=name,
        sent=len(sent),
        received=len(received),
        lost=len(sent.keys() - received),
        duplicates=sum(times.values()) - len(times),
        strays=len(times.keys() - sent.keys()),
        altered=sum(sent.get((one.path, one.event), one.digest) != one.digest for one in arrivals),
        unsigned=sum(not one.is_signed for one in arrivals),
        unrecorded=len(sent.keys() - delivered),
        faults=faults,
        seconds=round(seconds, 1),
        worker_gave_up=worker_gave_up,
    )

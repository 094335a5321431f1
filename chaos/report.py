"""The page that tells of the results: made whole from them, never by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chaos.environment import ROOT
from chaos.result import Result
from chaos.scenarios import LEASE, Cell
from chaos.worker import SWEEP, WAKEUP_LOST_AFTER

PAGE = ROOT / "docs" / "reliability.md"
TEXT = """\
# Reliability of webhook deliveries

<!-- Written by `make faults`. Do not edit: the next run replaces it. -->

**No event is lost.** An event is committed together with the change it tells of, or not at all; every committed
event reaches each of its receivers at least once, whatever is killed, stopped, emptied or restarted.

**A repetition is rare and harmless.** A delivery is sent again only if a worker dies after the receiver got it and
before that is written down. Then it arrives with the same `webhook-id` and the same bytes, so that a receiver drops
it by its id.

The table is the outcome of a run against real processes: Celery workers started as `manage.py start` starts them,
PostgreSQL, Redis, and a receiver over HTTP that notes what it gets. In each cell {events} events are published while
the fault happens. A delivery is an event on its way to one webhook.

| cell | faults | sent | received | lost | duplicates |
|---|--:|--:|--:|--:|--:|
{rows}

In all cells: every signature valid, every body as published, nothing received that was not committed, and every
delivery recorded as delivered at the end: {verdict}.

## What each cell does

{cells}

Unless a cell says otherwise, the times after which a dead worker's work is taken up are shortened, so that a run does
not consist of waiting: a lease lasts {lease} s, a wake-up counts as lost after {stale} s, and the sweep comes every
{sweep} s.

## Running it again

    make faults                        # everything, and writes this page
    make faults ARGS="--events 300"    # quicker; writes nothing
    make faults ARGS="--only clock"    # cells with that word in their name; writes nothing

It needs the programs of PostgreSQL and Redis, and starts servers of its own. `make test` plays the same matrix.
"""


def write(played: Sequence[tuple[Cell, Result]], events: int, *, is_well: bool) -> Path:
    rows = [
        f"| {cell.name} | {result.faults or '–'} | {result.sent} | {result.received} | {result.lost} "
        f"| {result.duplicates} |"
        for cell, result in played
    ]
    text = TEXT.format(
        events=events,
        rows="\n".join(rows),
        cells="\n".join(f"- **{cell.name}**: {cell.what}" for cell, _ in played),
        verdict="yes" if is_well else "no, see the output of the run",
        lease=LEASE,
        stale=WAKEUP_LOST_AFTER.seconds,
        sweep=SWEEP.seconds,
    )
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text)
    return PAGE

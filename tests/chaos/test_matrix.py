"""The matrix of faults on every change: 2,000 events a cell in CI, fewer by hand; `make faults` writes the page."""

import os

import pytest

from chaos import environment
from chaos.scenarios import CELLS, nothing
from chaos.services import missing

EVENTS = 2000 if os.environ.get("CI") else 300
# On a run without DATABASE_URL, what needs no server. The cell in real times only waits longer than its twin.
PLAYED = [cell for cell in CELLS if cell.lease and (cell.is_embedded or os.environ.get("DATABASE_URL"))]
pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module")
def place():
    if missing() and os.environ.get("CI"):
        pytest.fail(f"missing: {', '.join(missing())}")
    if missing() and os.environ.get("DATABASE_URL"):
        pytest.skip(f"missing: {', '.join(missing())}")
    with environment.prepared() as place:
        yield place


@pytest.mark.parametrize("cell", PLAYED, ids=lambda cell: cell.name)
def test_nothing_is_lost_and_repeated_only_between_send_and_record(place, cell):
    result = place.play(cell, EVENTS)

    assert cell.complaints(result) == []
    assert result.sent >= EVENTS
    assert result.faults or cell.fault is nothing

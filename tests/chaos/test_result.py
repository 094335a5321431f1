"""What counts as lost, repeated, altered: a matrix that could not fail would prove nothing."""

import pytest

from chaos.receiver import Arrival
from chaos.result import count
from chaos.scenarios import CELLS

SENT = {("/0", "evt_1"): "aa", ("/0", "evt_2"): "bb"}
FIRST, SECOND = Arrival("/0", "evt_1", "aa", True), Arrival("/0", "evt_2", "bb", True)


def outcome(*arrivals, delivered=SENT, **fields):
    fields = {"faults": 1, "seconds": 1.0, "worker_gave_up": False} | fields
    return count("a cell", sent=SENT, delivered=set(delivered), arrivals=arrivals, **fields)


def test_line_gives_the_counts():
    assert outcome(FIRST, FIRST).line == "a cell: sent 2, received 1, lost 1, duplicates 1"


def test_all_that_arrives_once_as_it_was_sent_is_well():
    assert outcome(FIRST, SECOND).complaints(may_repeat=False) == []


@pytest.mark.parametrize(
    ("result", "complaint"),
    [
        (outcome(FIRST), "1 lost"),
        (outcome(FIRST, SECOND, SECOND), "1 repeated"),
        (outcome(FIRST, SECOND, Arrival("/1", "evt_1", "aa", True)), "1 received and never sent"),
        (outcome(FIRST, Arrival("/0", "evt_2", "cc", True)), "1 with other bytes"),
        (outcome(FIRST, Arrival("/0", "evt_2", "bb", False)), "1 without a valid signature"),
        (outcome(FIRST, SECOND, delivered=[("/0", "evt_1")]), "1 not recorded as delivered"),
        (outcome(FIRST, SECOND, worker_gave_up=True), "a worker ended by itself"),
    ],
)
def test_whatever_should_not_be_is_named(result, complaint):
    assert result.complaints(may_repeat=False) == [complaint]


def test_repetition_is_well_where_it_may_be_and_bytes_are_the_same():
    assert outcome(FIRST, FIRST, SECOND).complaints(may_repeat=True) == []
    assert outcome(FIRST, Arrival("/0", "evt_1", "cc", True), SECOND).complaints(may_repeat=True) == [
        "1 with other bytes"
    ]


def test_cell_whose_fault_did_not_happen_proves_nothing():
    assert CELLS[0].complaints(outcome(FIRST, SECOND, faults=0)) == ["the fault did not happen"]

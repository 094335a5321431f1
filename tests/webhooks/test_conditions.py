import pytest

from tickets.models import Ticket
from webhooks.conditions import PRIORITIES, STATUSES, holds


def ticket(**changed):
    state = {"uuid": "u", "status": 1, "priority": 2, "assigned_to": None, "form": "", "changed": []}
    return state | changed


def test_words_are_those_of_tickets():
    assert {number: str(label) for number, label in STATUSES.items()} == {
        number: str(label) for number, label in Ticket.Status.choices
    }
    assert {number: str(label) for number, label in PRIORITIES.items()} == {
        number: str(label) for number, label in Ticket.Priority.choices
    }


@pytest.mark.parametrize(
    ("conditions", "state", "is_update", "result"),
    [
        ({}, ticket(), True, True),
        ({"statuses": [4]}, None, True, True),
        ({"statuses": [4]}, ticket(status=4, changed=["status-id"]), True, True),
        ({"statuses": [4]}, ticket(status=4, changed=["subject"]), True, False),
        ({"statuses": [4]}, ticket(status=4), False, True),
        ({"statuses": [4]}, ticket(status=1, changed=["status-id"]), True, False),
        ({"min_priority": 3}, ticket(priority=2), False, False),
        ({"min_priority": 3}, ticket(priority=3), False, True),
        ({"assignees": [7]}, ticket(assigned_to=7), False, True),
        ({"assignees": [7]}, ticket(assigned_to=None), False, False),
        ({"forms": ["defect"]}, ticket(form="defect"), False, True),
        ({"forms": ["defect"]}, ticket(form="task"), False, False),
        ({"min_priority": 2, "forms": ["defect"]}, ticket(form="task"), False, False),
    ],
)
def test_all_conditions_must_hold(conditions, state, is_update, result):
    assert holds(conditions, state, is_update=is_update) is result

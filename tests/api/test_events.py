import pytest
from django.db import transaction

from accounts.actors import Actor
from webhooks import events
from webhooks.engine.publish import publish

from .conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def owners(client, owner, token_of):
    return Caller(client, owner.account, token_of(owner))


@pytest.fixture
def happened(owner):
    """Let events have happened; return their ids."""

    def happened(*types):
        uids = []
        for kind in types:
            with transaction.atomic():
                data = {"id": "1", "type": "tickets", "attributes": {}}
                actor = Actor(owner.user, via="page")
                uids.append(publish(kind, account=owner.account, project=None, actor=actor, data=data).uid)
        return uids

    return happened


def test_events_come_in_order_page_by_page(owners, happened):
    uids = happened(*[events.TICKET_CREATED] * 5)

    first = owners.get("v2/~/events?pagesize=3").json()
    second = owners.get(f"v2/~/events?pagesize=3&after={first['meta']['next']}").json()

    assert [event["id"] for event in first["data"] + second["data"]] == uids
    assert second["meta"] == {"count": 2, "pagesize": 3, "next": None}


def test_event_is_told_as_it_is_sent(owners, happened):
    [uid] = happened(events.TICKET_CREATED)

    [event] = owners.get("v2/~/events").json()["data"]

    assert (event["type"], event["attributes"]["id"], event["attributes"]["event"]) == ("events", uid, "ticket.created")


def test_types_choose(owners, happened):
    _, deleted = happened(events.TICKET_CREATED, events.TICKET_DELETED)

    data = owners.get("v2/~/events?types=ticket.deleted").json()["data"]

    assert [event["id"] for event in data] == [deleted]


@pytest.mark.parametrize(
    ("query", "status"),
    [("after=evt_unknown", 404), ("types=ticket.exploded", 400), ("pagesize=0", 400), ("after=%00", 404)],
)
def test_bad_query_is_told(owners, query, status):
    assert owners.get(f"v2/~/events?{query}").status_code == status


def test_other_accounts_events_are_not_known(owners, stranger):
    with transaction.atomic():
        event = publish(
            events.TICKET_CREATED,
            account=stranger.account,
            project=None,
            actor=Actor(stranger.user, via="page"),
            data={"id": "1", "type": "tickets", "attributes": {}},
        )

    assert owners.get("v2/~/events").json()["data"] == []
    assert owners.get(f"v2/~/events?after={event.uid}").status_code == 404


def test_only_the_owner_reads_events(api):
    assert api.get("v2/~/events").status_code == 403

"""`ETag`, `If-Match`, `If-None-Match`: nobody overwrites what somebody else wrote."""

from __future__ import annotations

import pytest

from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(api, tickets):
    return f"{tickets}/{api.post(tickets, {'subject': 'x'}).json()['data']['id']}"


def test_known_version_is_not_sent_again(api, at):
    tag = api.get(at).headers["ETag"]
    answer = api.get(at, headers={"If-None-Match": f"W/{tag}"})

    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert "X-RateLimit-Limit" in answer.headers


def test_changed_version_is_sent(api, at):
    tag = api.get(at).headers["ETag"]
    api.put(at, {"subject": "y"})

    assert api.get(at, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_update_of_another_version_is_a_412(api, at, method):
    tag = api.get(at).headers["ETag"]
    api.put(at, {"subject": "y"})
    answer = api(method, at, {"data": {"attributes": {"subject": "z"}}}, headers={"If-Match": tag})

    assert (answer.status_code, Ticket.objects.get().subject) == (412, "y")


@pytest.mark.parametrize("mark", ["{}", "W/{}", '"x", {}', "*"])
def test_update_of_this_version_is_taken(api, at, mark):
    tag = api.get(at).headers["ETag"]
    body = {"data": {"attributes": {"subject": "z"}}}

    assert api("PUT", at, body, headers={"If-Match": mark.format(tag)}).status_code == 200


def test_answer_of_an_update_has_the_next_version(api, at):
    assert api.put(at, {"subject": "y"}).headers["ETag"] == api.get(at).headers["ETag"]


@pytest.mark.parametrize("address", ["v1/~/projects/{}", "v1/~/users/{}"])
def test_single_reads_have_a_version(api, project, owner, address):
    pk = project.pk if "projects" in address else owner.user_id

    assert api.get(address.format(pk)).headers["ETag"].startswith('"')

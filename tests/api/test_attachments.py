from __future__ import annotations

import base64
import json
import uuid

import pytest

from tests.api.conftest import faults
from tickets import uploads
from tickets.models import Attachment
from webhooks.models import Event


@pytest.fixture
def at(api, tickets):
    """The address of a ticket's attachments."""
    return f"{tickets}/{api.post(tickets, {'subject': 'x'}).json()['data']['id']}/attachments"


def encoded(content):
    return base64.b64encode(content).decode()


def test_photo_is_attached_listed_read_downloaded_and_deleted(api, at, data_uri, png):
    given = {"attachment": data_uri, "attachment-name": "a.png", "caption": "North"}
    made = api.post(at, given)
    data = made.json()["data"]

    assert made.status_code == 201
    assert data["attributes"]["attachment-name"] == "a.png"
    assert data["attributes"]["content-type"] == "image/png"
    assert [one["type"] for one in made.json()["included"]] == ["defectradar-issue-images", "users"]
    assert api.get(at).json() == {
        "data": [data],
        "included": made.json()["included"],
        "meta": {"count": 1, "page": 1, "pagesize": 100},
    }
    assert api.get(f"{at}/{data['id']}").json() == made.json()
    file = api.get(data["attributes"]["url"].removeprefix("/api/"), headers={"Accept": "image/png"})
    assert b"".join(file.streaming_content) == png
    assert api.delete(f"{at}/{data['id']}").status_code == 204
    assert api.get(f"{at}/{data['id']}").status_code == 404


def test_event_tells_of_the_photo(api, at, data_uri):
    made = api.post(at, {"attachment": data_uri, "attachment-name": "a.png"}).json()
    body = json.loads(Event.objects.latest("pk").body)

    assert (body["event"], body["data"]) == ("ticket.photo_attached", made["data"] | {"type": "attachments"})


def test_plain_base64_needs_no_name(api, at, png):
    lines = "\n".join(encoded(png)[start : start + 20] for start in range(0, len(encoded(png)), 20))
    data = api.post(at, {"attachment": lines}).json()["data"]

    assert (data["attributes"]["attachment-name"], data["attributes"]["size"]) == ("photo", len(png))


def test_content_decides_and_not_the_claim(api, at):
    uri = "data:image/png;base64," + encoded(b"%PDF-1.7\n")
    data = api.post(at, {"attachment": uri, "attachment-name": "a.png"}).json()["data"]

    assert (data["attributes"]["attachment-type"], data["attributes"]["content-type"]) == (
        "documents",
        "application/pdf",
    )


@pytest.mark.parametrize(
    ("given", "attribute"),
    [
        ({}, "attachment"),
        ({"attachment": ""}, "attachment"),
        ({"attachment": 5}, "attachment"),
        ({"attachment": {"type": "google_drive", "token": "x"}}, "attachment"),
        ({"attachment": "no base64!"}, "attachment"),
        ({"attachment": "ü"}, "attachment"),
        ({"attachment": "data:image/png;base64,"}, "attachment-name"),
        ({"attachment": "data:image/png;base64,", "attachment-name": "a.png"}, "attachment"),
        ({"attachment": "data:text/html,<script>", "attachment-name": "a.png"}, "attachment"),
        ({"attachment": encoded(b"<svg onload=alert(1)>")}, "attachment"),
        ({"attachment": encoded(b"\x89PNG\r\n\x1a\nbroken")}, "attachment"),
        ({"attachment": encoded(b"%PDF-1"), "caption": "x" * 501}, "caption"),
        ({"attachment": encoded(b"%PDF-1"), "uuid": "x"}, "uuid"),
    ],
)
def test_bad_attachment_is_refused_and_nothing_is_kept(api, at, settings, given, attribute):
    answer = api.post(at, given)

    assert (answer.status_code, faults(answer)) == (422, [attribute]), answer.content
    assert not Attachment.objects.exists()
    assert not settings.MEDIA_ROOT.exists()


def test_photo_over_25_mib_is_too_large(api, at):
    answer = api.post(at, {"attachment": encoded(bytes(uploads.MAX_SIZE + 1))})

    assert (answer.status_code, answer.json()["detail"]) == (413, "The file is larger than 25 MiB.")


def test_body_over_40_mib_is_too_large(api, at):
    answer = api.post(at, {"attachment": "A" * 41 * 1024 * 1024})

    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")


def test_used_uuid_is_a_conflict(api, at, data_uri):
    given = {"attachment": data_uri, "attachment-name": "a.png", "uuid": str(uuid.uuid4())}

    assert [api.post(at, given).status_code for _time in range(2)] == [201, 409]


@pytest.mark.parametrize(
    ("query", "count"),
    [("types[]=images", 1), ("types=images", 1), ("types[]=images&types[]=documents", 2), ("types[]=audios", 0)],
)
def test_attachments_are_filtered_by_type(api, at, data_uri, query, count):
    api.post(at, {"attachment": data_uri, "attachment-name": "a.png"})
    api.post(at, {"attachment": encoded(b"%PDF-1")})

    assert api.get(f"{at}?{query}").json()["meta"]["count"] == count
    assert api.get(f"{at}?types[]=x").status_code == 400


@pytest.mark.parametrize("number", [1, 12])
def test_list_takes_a_fixed_number_of_queries(api, at, data_uri, number, django_assert_num_queries):
    for _time in range(number):
        api.post(at, {"attachment": data_uri, "attachment-name": "a.png"})

    with django_assert_num_queries(4):  # token, ticket, attachments, count
        assert len(api.get(at).json()["data"]) == number


def test_tickets_are_listed_with_their_photos_when_asked(api, at, tickets, data_uri):
    made = api.post(at, {"attachment": data_uri, "attachment-name": "a.png"}).json()

    assert api.get(f"{tickets}?load_images=true").json()["included"] == made["included"][:1]

"""Files of attachments: the ways to upload them, their signed addresses, thumbnails, changes."""

from __future__ import annotations

import base64
import io
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from PIL import Image

from tests.api.conftest import faults
from tickets import thumbnails
from tickets.models import Attachment
from tokens.models import PersonalAccessToken
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(api, tickets):
    """The address of a ticket's attachments."""
    return f"{tickets}/{api.post(tickets, {'subject': 'x'}).json()['data']['id']}/attachments"


@pytest.fixture
def photo():
    content = io.BytesIO()
    Image.new("RGB", (1000, 500), "red").save(content, "JPEG")
    return content.getvalue()


@pytest.fixture
def attached(api, at, photo):
    return api.post(at, {"attachment": base64.b64encode(photo).decode(), "attachment-name": "a.jpg"}).json()


@pytest.fixture
def address_in(client):
    """Open an address of the first file of an answer, without a key."""

    def opened(answer, name="image-url", **extra):
        return client.get(answer["included"][0]["attributes"][name], **extra)

    return opened


def content_of(answer):
    return b"".join(answer.streaming_content)


def test_file_is_joined_in_three_ways(api, at, attached):
    answer = api.get(at).json()
    [data], file = answer["data"], answer["included"][0]

    assert data["type"] == "ticket-attachment"
    assert data["id"] == data["attributes"]["id"] == data["attributes"]["attachable-id"] == file["id"]
    assert (data["attributes"]["title"], file["attributes"]["image-file-size"]) == (
        "a.jpg",
        Attachment.objects.get().size,
    )


def test_signed_address_opens_without_a_key(address_in, attached, photo):
    answer = address_in(attached)

    assert (answer.status_code, content_of(answer)) == (200, photo)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_document_has_its_address_too(api, at, client):
    made = api.post(at, {"attachment": base64.b64encode(b"%PDF-1.7").decode(), "attachment-name": "plan"}).json()
    answer = client.get(made["included"][0]["attributes"]["document-url"])

    assert (made["included"][0]["type"], content_of(answer)) == ("documents", b"%PDF-1.7")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'


@pytest.mark.parametrize(("minutes", "status"), [(119, 200), (136, 403)])
def test_signed_address_ends_after_two_hours(address_in, attached, time_machine, minutes, status):
    time_machine.move_to(timezone.now() + timedelta(minutes=minutes), tick=False)

    assert address_in(attached).status_code == status


@pytest.mark.parametrize("change", [{"revoked_at": "2026-01-01T00:00:00Z"}, None])
def test_signed_address_ends_with_its_token(address_in, attached, api_user, change):
    if change:
        PersonalAccessToken.objects.update(**change)
    else:
        api_user.has_api_access = False
        api_user.save()

    assert address_in(attached).status_code == 403


def test_signed_address_ends_with_the_key(address_in, attached, settings):
    settings.SECRET_KEY = "another" * 10

    assert address_in(attached).status_code == 404


def test_opened_address_is_noted_as_use_of_the_token(address_in, attached):
    PersonalAccessToken.objects.update(last_used_at=None)
    address_in(attached, headers={"User-Agent": "Service/1"})

    assert PersonalAccessToken.objects.get().last_used_agent == "Service/1"


@pytest.mark.parametrize("change", [("f.", "t."), ("~", "~x"), (".", ".9")])
def test_forged_address_opens_nothing(client, attached, change):
    address = attached["included"][0]["attributes"]["image-url"]
    start, end = address.split("/api/files/")

    assert client.get(f"{start}/api/files/{end.replace(*change, 1)}").status_code == 404


def test_thumbnail_is_made_once_and_stands_at_its_address(address_in, attached, photo):
    pk = Attachment.objects.get().pk
    before = content_of(address_in(attached, "image-url-thumb"))
    for _time in range(2):
        thumbnails.make(pk)
    small = Image.open(io.BytesIO(content_of(address_in(attached, "image-url-thumb"))))

    assert (before, small.size, small.format) == (photo, (320, 160), "JPEG")
    assert not Attachment.objects.get().thumbnail_due


def test_thumbnail_that_cannot_be_made_leaves_the_photo(address_in, attached, photo):
    row = Attachment.objects.get()
    with row.file.storage.open(row.file.name, "rb") as file:
        path = file.name
    with open(path, "wb") as file:
        file.write(b"\xff\xd8broken")
    thumbnails.make(row.pk)

    assert not Attachment.objects.get().thumbnail


def test_file_by_itself_is_attached(api, at, photo):
    headers = {"Content-Disposition": 'attachment; filename="n.jpg"'}
    answer = api("POST", f"{at}?caption=North", content=photo, content_type="image/jpeg", headers=headers)
    attributes = answer.json()["data"]["attributes"]

    assert answer.status_code == 201
    assert (attributes["title"], attributes["caption"], attributes["size"]) == ("n.jpg", "North", len(photo))


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_file_in_a_form_is_attached(api, at, photo, attached, method):
    file = SimpleUploadedFile("n.jpg", photo, "image/jpeg")
    form = encode_multipart(BOUNDARY, {"data[attributes][attachment]": file, "data[attributes][caption]": "North"})
    address = at if method == "POST" else f"{at}/{attached['data']['id']}"
    attributes = api(method, address, content=form, content_type=MULTIPART_CONTENT).json()["data"]["attributes"]

    assert (attributes["title"], attributes["caption"]) == ("n.jpg", "North")


def test_pair_of_the_document_system_lists_and_attaches(api, at, project, photo):
    ticket = at.split("/")[-2]
    nodes = f"v2/~/projects/{project.pk}/dms/nodes/ticket_attachments"
    made = api.post(f"{nodes}/{ticket}", {"attachment": base64.b64encode(photo).decode(), "attachment-name": "N.jpg"})

    assert made.status_code == 201
    assert [one["id"] for one in api.get(f"{nodes}?search=n.J").json()["data"]] == [made.json()["data"]["id"]]
    assert api.get(f"{nodes}?filter=trashed").status_code == 422


def test_caption_is_changed_and_told(api, at, attached):
    address = f"{at}/{attached['data']['id']}"
    answer = api.put(address, {"caption": "South"})

    assert answer.json()["data"]["attributes"]["caption"] == "South"
    assert json.loads(Event.objects.latest("pk").body)["changes"] == {"caption": {"from": "", "to": "South"}}
    assert api.put(address, {"caption": "South"}).status_code == 200
    assert Event.objects.count() == 3  # ticket, photo, caption


def test_file_is_replaced_and_the_old_one_goes(api, at, attached, settings, django_capture_on_commit_callbacks):
    thumbnails.make(Attachment.objects.get().pk)
    with django_capture_on_commit_callbacks(execute=True):
        pdf = {"attachment": base64.b64encode(b"%PDF-1.7").decode(), "attachment-name": "b.pdf"}
        answer = api.put(f"{at}/{attached['data']['id']}", pdf)

    assert answer.json()["included"][0]["type"] == "documents"
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 1


def test_batch_is_deleted_whole_or_not_at_all(api, at, attached, photo):
    second = api("POST", at, content=photo, content_type="image/jpeg").json()["data"]["id"]
    ids = [attached["data"]["id"], second]

    assert api.post(f"{at}/batch_delete", {"ids": [*ids, "x"]}).status_code == 404
    assert Attachment.objects.count() == 2
    assert (api.post(f"{at}/batch_delete", {"ids": ids}).status_code, Attachment.objects.count()) == (204, 0)


def test_full_account_takes_no_more_files(api, at, attached, photo, settings):
    settings.ATTACHMENT_QUOTA = len(photo) + 1

    assert api("POST", at, content=photo, content_type="image/jpeg").status_code == 413


@pytest.mark.parametrize(
    ("content_type", "content", "status"),
    [
        ("text/html", b"<p>", 415),
        ("image/svg+xml", b"<svg/>", 415),
        ("image/png", b"<svg/>", 422),
        (MULTIPART_CONTENT, b"broken", 422),
        ("multipart/form-data", b"x", 400),
        ("application/json", b"[]", 422),
        ("application/json", b'{"data": {"attributes": []}}', 422),
        ("application/json", b'{"data": {"attributes": {"caption": "x"}}}', 422),
    ],
)
def test_bad_upload_is_refused(api, at, content_type, content, status):
    answer = api("POST", at, content=content, content_type=content_type)

    assert (answer.status_code, bool(faults(answer)), Attachment.objects.count()) == (status, True, 0)

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from tickets import images, services, uploads
from tickets.uploads import UploadRefusedError, inspect


def archive(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return content.getvalue()


def open_document():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    return content.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_photos_are_known_by_content(make_image, kind):
    found = inspect(ContentFile(make_image(kind)), "invoice.pdf")

    assert (found.kind, found.content_type) == ("images", f"image/{kind.lower()}")


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (b"%PDF-1.7\n", "photo.png", "application/pdf"),
        (archive("a.txt"), "a.zip", "application/zip"),
        (
            archive("[Content_Types].xml", "word/document.xml"),
            "a.zip",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (open_document(), "a.odt", "application/vnd.oasis.opendocument.text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "a.xls", "application/vnd.ms-excel"),
        (b"a;b\n1;2\n", "a.csv", "text/plain"),
        (b"Rar!\x1a\x07\x00", "a", "application/vnd.rar"),
        (b"\x00\x00\x00\x18ftypmp42", "a", "video/mp4"),
    ],
)
def test_documents_are_known_by_content(content, name, content_type):
    assert inspect(ContentFile(content), name).content_type == content_type


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.png"),
        (b"<html><script>alert(1)</script>", "a.png"),
        (b"<html>", "a.csv"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>', "a.svg"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>", "a.txt"),
        (b"MZ\x90\x00", "a.exe"),
        (b"#!/bin/sh", "a.sh"),
        (b"\x89PNG\r\n\x1a\nbroken", "a.png"),
        (b"PK\x03\x04broken", "a.zip"),
        (b"a\x00b", "a.csv"),
    ],
)
def test_other_files_are_refused(content, name):
    with pytest.raises(UploadRefusedError) as refusal:
        inspect(ContentFile(content), name)

    assert not refusal.value.too_large


def test_large_file_is_refused_as_too_large():
    with pytest.raises(UploadRefusedError) as refusal:
        inspect(ContentFile(bytes(uploads.MAX_SIZE + 1)), "a.png")

    assert refusal.value.too_large


def test_image_with_too_many_pixels_is_refused_unopened(make_image, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_PIXELS", 11)

    with pytest.raises(UploadRefusedError):
        inspect(ContentFile(make_image(size=(4, 3))), "a.png")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_half_an_image_is_refused(make_image, kind):
    whole = make_image(kind, size=(400, 300))

    with pytest.raises(UploadRefusedError):
        inspect(ContentFile(whole[: len(whole) // 2]), "a")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.png", "a.png"),
        ("a\r\nX: y.png", "aX: y.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("...", "document"),
    ],
)
def test_names_are_made_harmless(given, kept):
    assert inspect(ContentFile(b"%PDF-1"), given).name == kept


def attached(ticket, actor, content, name):
    row = services.attach_file(ticket=ticket, actor=actor, content=ContentFile(content), name=name)
    address = reverse("tickets:attachment_file", args=[ticket.project_id, ticket.uuid, row.uuid])
    return row, address


def test_photo_is_shown_but_never_run(client_of, member, ticket, actor, make_image):
    row, address = attached(ticket, actor, make_image(), "a.png")
    answer = client_of(member).get(address)

    assert b"".join(answer.streaming_content) == make_image()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == 'inline; filename="a.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert row.file.name.count("a.png") == 0


@pytest.mark.parametrize(("content", "name"), [(b"%PDF-1.7\n", "a.pdf"), (b"javascript:x", "a.txt")])
def test_documents_are_saved_not_shown(client_of, member, ticket, actor, content, name):
    _row, address = attached(ticket, actor, content, name)
    answer = client_of(member).get(address)

    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_files_of_other_accounts_do_not_exist(client_of, stranger, client, ticket, actor, make_image):
    _row, address = attached(ticket, actor, make_image(), "a.png")

    assert client_of(stranger).get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_browser_that_has_the_file_is_not_sent_it_again(client_of, member, ticket, actor, make_image):
    _row, address = attached(ticket, actor, make_image(), "a.png")
    browser = client_of(member)
    mark = browser.get(address).headers["ETag"]

    assert browser.get(address, headers={"If-None-Match": mark}).status_code == 304


def test_lost_file_is_a_404(client_of, member, ticket, actor, make_image):
    row, address = attached(ticket, actor, make_image(), "a.png")
    row.file.storage.delete(row.file.name)

    assert client_of(member).get(address).status_code == 404


def progressive(scans):
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG", progressive=True)
    whole = content.getvalue()
    scan = whole[whole.index(b"\xff\xda") : whole.index(b"\xff\xda", whole.index(b"\xff\xda") + 2)]
    return whole[:-2] + scan * scans + whole[-2:]


def animated(frames):
    content = io.BytesIO()
    pictures = [Image.new("RGB", (2, 2), ("red", "blue")[number % 2]) for number in range(frames)]
    pictures[0].save(content, "GIF", save_all=True, append_images=pictures[1:])
    return content.getvalue()


def zipped(entries):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(entries):
            archive.writestr(str(number), "")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (progressive(1000), "scans or frames"),
        (animated(600), "scans or frames"),
        (zipped(10_001), "too many files"),
        (zipped(3) + b"x" * 70_000, "too many files"),
        (zipped(3).replace(b"PK\x05\x06", b"PK\x06\x07" + bytes(16) + b"PK\x05\x06"), "too many files"),
    ],
    ids=["scans", "frames", "entries", "no end", "64 bits"],
)
def test_parts_are_counted_before_anything_is_opened(content, reason, monkeypatch):
    monkeypatch.setattr(images, "WORKER", "/nonexistent")

    with pytest.raises(uploads.UploadRefusedError, match=reason):
        uploads.inspect(ContentFile(content), "x.jpg")


def test_photo_with_a_few_scans_is_taken():
    assert uploads.inspect(ContentFile(progressive(5)), "x.jpg").content_type == "image/jpeg"


def test_image_that_ends_the_process_is_refused(monkeypatch, tmp_path):
    (tmp_path / "worker.py").write_text("import os\nos.abort()")
    monkeypatch.setattr(images, "WORKER", str(tmp_path / "worker.py"))

    with pytest.raises(uploads.UploadRefusedError, match="broken"):
        uploads.inspect(ContentFile(progressive(0)), "x.jpg")

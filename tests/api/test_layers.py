"""Layers and their plans."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models import Project
from tickets.models import Layer

PDF = b"%PDF-1.7\n"
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def layers(project):
    """The address of the project's layers."""
    return f"v1/~/projects/{project.pk}/components"


def multipart(**values):
    """What a form holds; names stand for those in brackets."""
    names = {"file": "[file]", "file_name": "[file-name]", "page": "[layers][][page]", "layer": "[layers][][name]"}
    fields = {f"data[][attributes]{names[name]}": value for name, value in values.items()}
    return {"content": encode_multipart(BOUNDARY, fields), "content_type": MULTIPART_CONTENT}


@pytest.mark.parametrize(
    "request_",
    [
        {"body": {"data": [{"attributes": {"layers": [{"name": "test"}]}}]}},
        {"body": {"data": {"attributes": {"name": "test"}}}},
        {"body": {"data": {"attributes": {"layers": [{"name": "test"}]}}}},
        {"body": {"name": "test"}},
        {"content": b"data%5B%5D%5Battributes%5D%5Blayers%5D%5B%5D%5Bname%5D=test", "content_type": URLENCODED},
        multipart(layer="test"),
    ],
)
def test_layer_is_created_however_it_is_sent(api, layers, request_):
    answer = api("POST", layers, **request_)

    assert answer.status_code == 200, answer.content
    assert [row["attributes"]["name"] for row in answer.json()["data"]] == ["test"]


def test_two_layers_in_one_form(api, layers):
    name = quote("data[][attributes][layers][][name]", safe="")
    answer = api("POST", layers, content=f"{name}=a&{name}=b".encode(), content_type=URLENCODED)

    assert [row["attributes"]["name"] for row in answer.json()["data"]] == ["a", "b"]


def test_plan_is_uploaded_and_read(api, client, project, layers):
    file = SimpleUploadedFile("ground.pdf", PDF, "application/pdf")
    made = api("POST", layers, **multipart(file=file, page="1", layer="Ground")).json()["data"][0]
    plans = f"v2/~/projects/{project.pk}/components/{made['id']}/plans"
    plan = api.get(plans).json()["data"][0]["attributes"]

    assert made["attributes"]["planfile-file-name"] == "ground.pdf"
    assert (plan["planfile-content-type"], plan["download-filesize"]) == ("application/pdf", len(PDF))
    assert b"".join(client.get(plan["original-url"]).streaming_content) == PDF
    assert api.get(f"{plans}/{made['id']}").json()["data"]["attributes"] == plan


@pytest.mark.parametrize("start", ["", "data:image/png;base64,"])
def test_plan_may_be_base64(api, layers, png, start):
    given = {"file": start + base64.b64encode(png).decode(), "file-name": "a.png", "layers": [{"name": "A"}]}
    data = api("POST", layers, {"data": [{"attributes": given}]}).json()["data"][0]["attributes"]

    assert (data["planfile-content-type"], data["component-type"]) == ("image/png", 2)
    assert data["plan-thumb-big-url"] is not None


@pytest.mark.parametrize(
    "file",
    ["not base64!", base64.b64encode(b"MZ\x90").decode(), base64.b64encode(b"a;b\n").decode(), {"link": "http://x"}, 5],
)
def test_file_that_is_no_plan_is_refused(api, layers, file, settings):
    before = Layer.objects.count()
    answer = api("POST", layers, {"data": [{"attributes": {"file": file, "file-name": "a.txt", "name": "A"}}]})

    assert answer.status_code == 422, answer.content
    assert Layer.objects.count() == before
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_new_plan_takes_the_place_of_the_old(api, layers, png, settings, django_capture_on_commit_callbacks):
    encoded = base64.b64encode(png).decode()
    made = api("POST", layers, {"data": {"attributes": {"file": encoded, "name": "A"}}}).json()["data"][0]
    given = {"file": encoded, "file-name": "b.png", "layers": [{"component-id": made["id"]}]}
    with django_capture_on_commit_callbacks(execute=True):
        again = api("POST", layers, {"data": [{"attributes": given}]}).json()["data"][0]

    assert (again["id"], again["attributes"]["file-name"]) == (made["id"], "b.png")
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 1


def test_layer_is_listed_changed_and_deleted(api, project, layers):
    parent = project.layers.get()
    made = api("POST", layers, {"name": "Cellar"}).json()["data"][0]
    changed = api.put(f"{layers}/{made['id']}", {"name": "Basement", "parent_id": str(parent.pk)}).json()["data"]
    overview = api.get(f"v2/~/projects/{project.pk}/components/project_components").json()

    assert changed["attributes"]["parent-id"] == str(parent.pk)
    assert [row["attributes"]["name"] for row in overview["data"]] == [parent.name, "Basement"]
    assert api.get(f"{layers}?layout=simple").json()["meta"]["count"] == 2
    assert api.delete(f"{layers}/{made['id']}").status_code == 204
    assert api.get(f"{layers}/{made['id']}").status_code == 404


def test_layers_are_never_part_of_themselves(api, project, layers):
    top = project.layers.get()
    below = Layer.objects.create(project=project, name="x", parent=top)

    for parent in (top, below):
        answer = api.put(f"{layers}/{top.pk}", {"parent-id": str(parent.pk)})
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/data/attributes/parent-id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": []},
        {"data": [{}]},
        {"data": [{"attributes": {}}]},
        {"data": [{"attributes": {"layers": [{"name": "x" * 201}]}}]},
        {"data": [{"attributes": {"layers": [{"name": "x", "parent-id": "987654"}]}}]},
        {"data": [{"attributes": {"layers": [{"component-id": "987654"}]}}]},
        {"data": {"attributes": {"name": ""}}},
        {"data": {"attributes": {"layers": "x"}}},
    ],
)
def test_bad_layer_is_refused(api, layers, body):
    before = Layer.objects.count()

    assert api("POST", layers, body).status_code == 422
    assert Layer.objects.count() == before


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"data[=x", 400),
        (b"data[][attributes]=x&data[][attributes][name]=y", 400),
        (b"data=x", 422),
        (b"data[0]=x", 422),
        (b"[a]=x", 400),
        (b"a" + b"[b]" * 20 + b"=x", 400),
        (b"data[][attributes][name]=%00", 400),
        (b'{"data": {}}', 422),
        (b"&&=&", 400),
    ],
)
def test_forms_that_cannot_be_read(api, layers, content, status):
    answer = api("POST", layers, content=content, content_type=URLENCODED)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"nonsense", "multipart/form-data; boundary=x", 422),
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x", 422),
        (b"--x", "multipart/form-data", 400),
        (b"--x", "multipart/form-data; boundary=", 400),
    ],
)
def test_broken_multipart_is_refused(api, layers, content, content_type, status):
    assert api("POST", layers, content=content, content_type=content_type).status_code == status


def test_layers_of_others_do_not_exist(api, account, stranger, project, layers):
    foreign = Project.objects.create(account=stranger.account, name="x").layers.get()
    other = Project.objects.create(account=account, name="y").layers.get()

    assert api.get(f"{layers}/{foreign.pk}").status_code == 404
    assert api.get(f"{layers}/{other.pk}").status_code == 404
    assert api.get(f"v2/~/projects/{project.pk}/components/{foreign.pk}/plans").status_code == 404

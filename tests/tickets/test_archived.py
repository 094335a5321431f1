"""An archived project is there to be read: nothing in it is written, on pages or by the API."""

import json

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts import addresses
from accounts.actors import Actor
from accounts.models import Project
from tickets import services
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(project, owner, make_image):
    actor = Actor(owner.user, via="page")
    ticket = services.create_ticket(project=project, actor=actor, values={"subject": "Crack"})
    services.attach_file(ticket=ticket, actor=actor, content=ContentFile(make_image(), name="wall.png"))
    services.archive_project(project=project, actor=actor)
    return ticket


def state_of(ticket):
    ticket.refresh_from_db()
    return (ticket.subject, Ticket.objects.count(), ticket.attachments.count(), ticket.journals.count())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ticket_create", {"subject": "New", "status_id": 1, "priority_id": 2, "progress": 0}),
        ("ticket_edit", {"subject": "Changed", "status_id": 1, "priority_id": 2, "progress": 0}),
        ("ticket_delete", {}),
        ("comment_create", {"comment": "Late"}),
        ("attachment_create", {}),
        ("attachment_delete", {}),
        ("project_edit", {"name": "Bridge"}),
    ],
)
def test_page_changes_nothing_and_says_why(client_of, owner, ticket, name, values):
    before, key = state_of(ticket), {"project_pk": ticket.project_id}
    if name not in ("ticket_create", "project_edit"):
        key["uuid"] = ticket.uuid
    if name == "attachment_delete":
        key["attachment_uuid"] = ticket.attachments.get().uuid

    answer = client_of(owner).post(reverse(f"tickets:{name}", kwargs=key), values, follow=True)

    where = reverse("tickets:project_detail", args=[ticket.project_id])
    assert addresses.split(answer.redirect_chain[-1][0])[1] == where
    assert "is archived" in answer.content.decode()
    assert (state_of(ticket), Project.objects.get().name) == (before, "Tower")


def test_pages_can_be_read(client_of, owner, ticket):
    page = client_of(owner).get(reverse("tickets:ticket_detail", args=[ticket.project_id, ticket.uuid]))

    assert page.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "attributes"),
    [
        ("post", "v2/{account}/projects/{project}/tickets", {"subject": "New"}),
        ("put", "v2/{account}/projects/{project}/tickets/{uuid}", {"subject": "Changed"}),
        ("delete", "v2/{account}/projects/{project}/tickets/{uuid}", None),
        ("put", "v1/{account}/projects/{project}", {"name": "Bridge"}),
    ],
)
def test_api_changes_nothing_and_says_why(client, account, owner, token_of, ticket, method, path, attributes):
    before = state_of(ticket)
    url = "/api/" + path.format(account=account.pk, project=ticket.project_id, uuid=ticket.uuid)
    body = json.dumps({"data": {"attributes": attributes}}) if attributes else ""

    headers = {"X-PlanRadar-API-Key": token_of(owner)}
    answer = getattr(client, method)(url, body, content_type="application/json", headers=headers)

    assert (answer.status_code, "is archived" in answer.content.decode()) == (422, True)
    assert state_of(ticket) == before


def test_api_reads_and_takes_back(client, account, owner, token_of, ticket):
    headers = {"X-PlanRadar-API-Key": token_of(owner)}
    project = f"{account.pk}/projects/{ticket.project_id}"

    read = client.get(f"/api/v2/{project}/tickets/{ticket.uuid}", headers=headers)
    body = json.dumps({"data": {"attributes": {"status": 1}}})
    back = client.put(f"/api/v1/{project}/archive_project", body, content_type="application/json", headers=headers)

    assert (read.status_code, back.status_code, Project.objects.get().is_archived) == (200, 200, False)

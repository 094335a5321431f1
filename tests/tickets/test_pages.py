from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import addresses
from accounts.models import Project
from tickets import services
from tickets.models import Attachment, Journal, Ticket
from webhooks.models import Event


@pytest.fixture
def browser(client_of, member):
    return client_of(member)


def at(name, ticket, *more):
    return reverse(f"tickets:{name}", args=[ticket.project_id, ticket.uuid, *more])


def test_project_is_created_edited_and_archived(browser, member):
    made = browser.post(reverse("tickets:project_create"), {"name": "Tower"})
    project = Project.objects.get()
    browser.post(reverse("tickets:project_edit", args=[project.pk]), {"name": "Bridge", "city": "Wien"})
    browser.post(reverse("tickets:project_archive", args=[project.pk]))

    project.refresh_from_db()
    assert addresses.split(made.url)[1] == reverse("tickets:project_detail", args=[project.pk])
    assert (project.name, project.city, project.is_archived) == ("Bridge", "Wien", True)
    assert list(Event.objects.order_by("pk").values_list("type", flat=True)) == [
        "project.created",
        "project.updated",
        "project.archived",
    ]


def test_archived_project_is_taken_back(browser, project):
    browser.post(reverse("tickets:project_archive", args=[project.pk]))
    browser.post(reverse("tickets:project_restore", args=[project.pk]))

    project.refresh_from_db()
    assert not project.is_archived


def test_archiving_twice_is_archiving_once(browser, project):
    for _time in range(2):
        browser.post(reverse("tickets:project_archive", args=[project.pk]))

    project.refresh_from_db()
    assert project.is_archived
    assert Event.objects.filter(type="project.archived").count() == 1


def test_ticket_is_created_edited_and_deleted(browser, project, member):
    browser.post(
        reverse("tickets:ticket_create", args=[project.pk]),
        {"subject": "Crack", "status_id": 1, "priority_id": 2, "progress": 0, "assigned_to": member.user_id},
    )
    ticket = Ticket.objects.get()
    values = {"subject": "Crack", "status_id": 3, "priority_id": 2, "progress": 50, "assigned_to": ""}
    browser.post(at("ticket_edit", ticket), values)
    ticket.refresh_from_db()
    browser.post(at("ticket_delete", ticket))

    assert (ticket.status_id, ticket.progress, ticket.assigned_to) == (3, 50, None)
    assert not Ticket.objects.exists()


def test_extension_before_due_date_is_said_beside_the_field(browser, ticket):
    values = {"subject": "x", "status_id": 1, "priority_id": 2, "progress": 0}
    values |= {"due_date": "2026-12-02", "extension_date": "2026-12-01"}
    answer = browser.post(at("ticket_edit", ticket), values)

    assert answer.context["form"].errors == {"extension_date": ["It must be later than the due date."]}


def test_comment_is_added(browser, ticket):
    browser.post(at("comment_create", ticket), {"comment": "Seen."})

    assert Journal.objects.get().comment == "Seen."


@pytest.mark.parametrize("text", ["", "  ", "a\x00b"])
def test_comment_without_text_is_refused(browser, ticket, text):
    answer = browser.post(at("comment_create", ticket), {"comment": text})

    assert answer.status_code == 422
    assert not Journal.objects.exists()


def test_photo_is_attached_shown_and_deleted(browser, ticket, make_image):
    upload = SimpleUploadedFile("a.png", make_image())
    browser.post(at("attachment_create", ticket), {"file": upload, "caption": "North"})
    photo = Attachment.objects.get()
    page = browser.get(at("ticket_detail", ticket))
    browser.post(at("attachment_delete", ticket, photo.uuid))

    assert at("attachment_file", ticket, photo.uuid) in page.content.decode()
    assert not Attachment.objects.exists()


def test_refused_file_is_said_beside_the_field(browser, ticket):
    upload = SimpleUploadedFile("a.png", b"<html>")
    answer = browser.post(at("attachment_create", ticket), {"file": upload})

    assert answer.status_code == 422
    assert list(answer.context["attachment_form"].errors) == ["file"]


def test_subject_is_escaped(browser, project, actor):
    ticket = services.create_ticket(project=project, actor=actor, values={"subject": "<script>x"})

    for page in (at("ticket_detail", ticket), reverse("tickets:project_detail", args=[project.pk])):
        assert "<script>x" not in browser.get(page).content.decode()


@pytest.mark.parametrize("query", ["page=0", "page=x", "status=x", "status=9", "search=%00", "search=" + "x" * 300])
def test_nonsense_in_the_filter_is_no_filter(browser, ticket, query):
    answer = browser.get(reverse("tickets:project_detail", args=[ticket.project_id]) + f"?{query}")

    assert answer.status_code == 200
    assert list(answer.context["page_obj"]) == [ticket]


def test_filter_by_status_and_words(browser, ticket):
    page = reverse("tickets:project_detail", args=[ticket.project_id])

    assert list(browser.get(page + "?status=1&search=crack").context["page_obj"]) == [ticket]
    assert list(browser.get(page + "?status=2").context["page_obj"]) == []


def test_archived_projects_are_listed_when_asked(browser, project, actor):
    services.archive_project(project=project, actor=actor)

    assert list(browser.get(reverse("tickets:project_list")).context["page_obj"]) == []
    assert list(browser.get(reverse("tickets:project_list") + "?archived=on").context["page_obj"]) == [project]


GET = ["ticket_detail", "ticket_edit", "ticket_delete"]


@pytest.mark.parametrize("name", GET)
def test_foreign_tickets_do_not_exist(client_of, stranger, ticket, name):
    assert client_of(stranger).get(at(name, ticket)).status_code == 404


@pytest.mark.parametrize("name", ["project_detail", "project_edit", "project_archive", "ticket_create"])
def test_foreign_projects_do_not_exist(client_of, stranger, project, name):
    assert client_of(stranger).get(reverse(f"tickets:{name}", args=[project.pk])).status_code == 404


@pytest.mark.parametrize("name", GET)
def test_pages_need_a_sign_in(client, ticket, name):
    answer = client.get(at(name, ticket))

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


def test_external_members_write_tickets(client_of, external, ticket):
    client_of(external).post(at("comment_create", ticket), {"comment": "Done."})

    assert Journal.objects.get().author == external.user


def fill(number, project, actor, content):
    """Return a ticket with `number` comments and files, and that many other tickets beside it."""
    for _time in range(number):
        values = {"subject": "x", "assigned_to_id": actor.user.pk}
        ticket = services.create_ticket(project=project, actor=actor, values=values)
    for _time in range(number):
        services.add_comment(ticket=ticket, actor=actor, comment="x")
        services.attach_file(ticket=ticket, actor=actor, content=ContentFile(content), name="a.png")
    return ticket


def queries_of(browser, address):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_pages_take_as_many_queries_for_much_as_for_little(browser, project, actor, make_image):
    little = fill(1, project, actor, make_image())
    listing = reverse("tickets:project_detail", args=[project.pk])
    browser.get(listing)  # the first request of a session takes more
    before = queries_of(browser, listing), queries_of(browser, at("ticket_detail", little))

    much = fill(20, project, actor, make_image())

    assert (queries_of(browser, listing), queries_of(browser, at("ticket_detail", much))) == before

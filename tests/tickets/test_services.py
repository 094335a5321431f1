from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import Project
from tickets import services
from tickets.api import serializers
from tickets.models import Attachment, Journal, Ticket
from webhooks.models import Delivery, Event, Webhook


class UndoneError(Exception):
    pass


@pytest.fixture
def webhook(account):
    names = ["project.created", "ticket.created", "ticket.updated", "ticket.deleted", "ticket.commented"]
    return Webhook.objects.create(account=account, url="https://example.org", events=names)


def told():
    """The last event, as receivers get it."""
    return json.loads(Event.objects.latest("pk").body)


def test_created_ticket_is_told_as_the_api_shows_it(ticket, member):
    assert told()["event"] == "ticket.created"
    assert told()["data"] == serializers.ticket(Ticket.objects.with_people().get())
    assert told()["actor"] == {"id": str(member.user_id), "name": "Mia", "via": "page"}


def test_update_tells_from_what_to_what(ticket, actor):
    services.update_ticket(ticket=ticket, actor=actor, values={"status_id": 3, "due_date": date(2026, 12, 1)})

    changes = {"status-id": {"from": "lm", "to": "ma"}, "due-date": {"from": None, "to": "2026-12-01"}}
    assert told()["changes"] == changes
    assert Journal.objects.get().changes == changes


def test_update_without_change_writes_and_tells_nothing(ticket, actor):
    before = ticket.updated_at
    services.update_ticket(ticket=ticket, actor=actor, values={"status_id": 1, "subject": ticket.subject})

    ticket.refresh_from_db()
    assert (ticket.updated_at, Event.objects.count(), Journal.objects.count()) == (before, 1, 0)


def test_second_of_two_updates_tells_what_the_first_left(ticket, actor):
    stale = Ticket.objects.get(pk=ticket.pk)
    services.update_ticket(ticket=ticket, actor=actor, values={"status_id": 2})
    services.update_ticket(ticket=stale, actor=actor, values={"status_id": 3, "progress": 10})

    assert told()["changes"]["status-id"] == {"from": "ol", "to": "ma"}


def test_closing_notes_the_hour_and_opening_clears_it(ticket, actor):
    closed = services.update_ticket(ticket=ticket, actor=actor, values={"status_id": 5})
    opened = services.update_ticket(ticket=ticket, actor=actor, values={"status_id": 1})

    assert closed.closed_at is not None
    assert opened.closed_at is None


def test_deleted_ticket_is_told_with_its_last_state(ticket, actor):
    last_state = serializers.ticket(ticket)
    services.delete_ticket(ticket=ticket, actor=actor)

    assert (told()["event"], told()["data"]) == ("ticket.deleted", last_state)


def test_files_go_with_their_ticket_after_the_commit(ticket, actor, make_image, django_capture_on_commit_callbacks):
    photo = services.attach_file(ticket=ticket, actor=actor, content=ContentFile(make_image()), name="a.png")
    storage, name = photo.file.storage, photo.file.name
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_ticket(ticket=ticket, actor=actor)
        assert storage.exists(name)

    assert not storage.exists(name)


@pytest.mark.parametrize("act", ["create", "update", "delete", "comment"])
def test_rolled_back_acts_tell_nobody(act, webhook, ticket, actor, project):
    before = Event.objects.count(), Delivery.objects.count(), Ticket.objects.values().get()
    acts = {
        "create": lambda: services.create_ticket(project=project, actor=actor, values={}),
        "update": lambda: services.update_ticket(ticket=ticket, actor=actor, values={"status_id": 4}),
        "delete": lambda: services.delete_ticket(ticket=ticket, actor=actor),
        "comment": lambda: services.add_comment(ticket=ticket, actor=actor, comment="x"),
    }
    with pytest.raises(UndoneError), transaction.atomic():
        acts[act]()
        assert Event.objects.count() == before[0] + 1
        raise UndoneError

    assert (Event.objects.count(), Delivery.objects.count(), Ticket.objects.values().get()) == before


def test_rolled_back_upload_leaves_no_file(ticket, actor, make_image, settings):
    photo = services.attach_file(ticket=ticket, actor=actor, content=ContentFile(make_image()))
    with pytest.raises(services.UuidTakenError):
        services.attach_file(ticket=ticket, actor=actor, content=ContentFile(make_image()), attachment_uuid=photo.uuid)

    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert [str(path.relative_to(settings.MEDIA_ROOT)) for path in files] == [photo.file.name]


@pytest.mark.parametrize(
    ("content", "name", "event"),
    [(None, "a.png", "ticket.photo_attached"), (b"%PDF-1.7\n", "a.pdf", "ticket.document_attached")],
)
def test_attached_file_is_told_by_what_it_is(ticket, actor, make_image, content, name, event):
    row = services.attach_file(ticket=ticket, actor=actor, content=ContentFile(content or make_image()), name=name)

    assert (told()["event"], told()["data"]) == (event, serializers.attachment(Attachment.objects.get(pk=row.pk)))


def test_deleted_attachment_is_told(ticket, actor, make_image):
    row = services.attach_file(ticket=ticket, actor=actor, content=ContentFile(make_image()), name="a.png")
    services.delete_attachment(attachment=row, actor=actor)

    assert (told()["event"], told()["data"]["id"]) == ("ticket.attachment_deleted", str(row.uuid))
    assert [entry.changes["attachment"] for entry in Journal.objects.all()] == [
        {"from": None, "to": "a.png"},
        {"from": "a.png", "to": None},
    ]


def test_comment_is_told(ticket, actor):
    entry = services.add_comment(ticket=ticket, actor=actor, comment=" Seen. ")

    assert (told()["event"], told()["data"]) == ("ticket.commented", serializers.journal(entry))
    assert entry.comment == "Seen."


def test_people_outside_the_account_are_not_assigned(ticket, actor, stranger):
    with pytest.raises(ValidationError) as refusal:
        services.update_ticket(
            ticket=ticket,
            actor=actor,
            values={"assigned_to_id": stranger.user_id, "subscribers": [stranger.user_id]},
        )

    assert sorted(refusal.value.message_dict) == ["assigned_to", "subscribers"]
    assert Event.objects.count() == 1


def test_former_member_stays_assigned_but_is_not_newly(ticket, actor, api_user):
    services.update_ticket(ticket=ticket, actor=actor, values={"assigned_to_id": api_user.user_id})
    api_user.is_active = False
    api_user.save()

    again = services.update_ticket(
        ticket=ticket, actor=actor, values={"assigned_to_id": api_user.user_id, "progress": 5}
    )
    assert (again.assigned_to_id, again.progress) == (api_user.user_id, 5)


def test_tickets_stand_in_two_levels(ticket, actor, project):
    child = services.create_ticket(project=project, actor=actor, values={"parent_id": ticket.uuid})

    assert child.parent == ticket
    for bad in ({"ticket": ticket, "values": {"parent_id": ticket.uuid}},):
        with pytest.raises(ValidationError):
            services.update_ticket(actor=actor, **bad)
    with pytest.raises(ValidationError):
        services.create_ticket(project=project, actor=actor, values={"parent_id": child.uuid})


def test_project_changes_are_told_and_custom_values_merged(project, actor):
    project.typed_values = {"a": 1, "b": 2}
    project.save()
    services.update_project(project=project, actor=actor, values={"typed_values": {"b": "", "c": 3}, "city": "Wien"})

    project.refresh_from_db()
    assert project.typed_values == {"a": 1, "c": 3}
    assert told()["changes"] == {
        "city": {"from": "", "to": "Wien"},
        "typed-values": {"from": {"a": 1, "b": 2}, "to": {"a": 1, "c": 3}},
    }


def test_archiving_twice_is_told_once(project, actor):
    for _time in range(2):
        services.archive_project(project=project, actor=actor)

    assert [event.type for event in Event.objects.all()] == ["project.archived"]


def test_project_is_told_when_created(account, actor, webhook):
    project = services.create_project(account=account, actor=actor, values={"name": "Bridge"})

    assert told()["data"] == serializers.project(Project.objects.get(pk=project.pk))
    assert Delivery.objects.get().webhook == webhook


@pytest.mark.parametrize("webhooks", [1, 30])
def test_ticket_takes_a_fixed_number_of_queries(account, project, actor, webhooks, django_assert_num_queries):
    for _time in range(webhooks):
        Webhook.objects.create(account=account, url="https://example.org", events=["ticket.created"])
    project = Project.objects.select_related("account").get()

    # savepoint, form, layer, number (2), ticket, relations (2), webhooks, account, event (2), deliveries, release
    with django_assert_num_queries(14):
        services.create_ticket(project=project, actor=actor, values={})

"""Many tickets at once, and the jobs behind it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import Account, Project
from tickets.models import Job, Ticket
from tickets.services import jobs
from webhooks.models import Event

NOWHERE = "35b03889-e759-4ded-b848-24337eea10d2"


@pytest.fixture
def filled(api, project):
    """Three tickets, whose creation nobody was told of."""
    return [Ticket.objects.create(project=project, subject=subject) for subject in "ABC"]


def statuses():
    return list(Ticket.objects.order_by("pk").values_list("status_id", flat=True))


def pointers(answer):
    assert answer.status_code == 422, answer.content
    return [error["pointer"] for error in answer.json()["errors"]]


def work():
    """Do what waits for workers."""
    for job in Job.objects.unfinished():
        jobs.run(job.pk)


@pytest.mark.parametrize(
    "given",
    [
        lambda rows: {"uuid": [str(rows[0].uuid), str(rows[1].uuid)]},
        lambda rows: {"uuid": [{"predicate": "in", "value": [str(rows[0].uuid), str(rows[1].uuid)]}]},
        lambda rows: {"subject": [{"predicate": "not_in", "value": ["C"]}]},
        lambda rows: {"subject": ["A", "B"], "status-id": "lm"},
    ],
)
def test_batch_update_changes_what_the_filter_finds(api, tickets, filled, given):
    body = {"filter": given(filled), "data": {"attributes": {"status-id": "ma"}}}
    answer = api("PUT", f"{tickets}/batch_update", body)

    assert (answer.status_code, answer.json()["succeeded"]) == (200, 2)
    assert statuses() == [3, 3, 1]
    assert [event.type for event in Event.objects.all()] == ["ticket.updated"] * 2


@pytest.mark.parametrize(
    "filters", [None, {}, [], "x", {"uuid": []}, {"uuid": ["x"]}, {"nothing": ["1"]}, {"uuid": {}}]
)
@pytest.mark.parametrize("operation", ["batch_update", "batch_delete"])
def test_missing_or_wrong_filter_is_refused(api, tickets, filled, filters, operation):
    body = {"filter": filters, "data": {"attributes": {"status-id": 3}}}
    body = {name: value for name, value in body.items() if value is not None}
    answer = api("PUT" if operation == "batch_update" else "POST", f"{tickets}/{operation}", body)

    assert answer.status_code == 422, answer.content
    assert statuses() == [1, 1, 1]


@pytest.mark.parametrize("name", ["apply_filter", "apply_filer"])
def test_saved_filters_are_refused(api, tickets, filled, name):
    body = {"filter": {"subject": "A"}, name: "5", "data": {"attributes": {"status-id": 3}}}

    assert api("PUT", f"{tickets}/batch_update", body).status_code == 422
    assert statuses() == [1, 1, 1]


def test_batch_update_writes_values_by_form(api, account, project, tickets, filled):
    form = project.ticket_type_links.get().ticket_type
    form.typed_fields = {"tf1": {"name": "A", "type": "CustomFields::FloatType"}}
    form.save()
    Ticket.objects.filter(subject="A").update(ticket_type=form)
    body = {"filter": {"subject": ["A", "B"]}, "data": {"attributes": {"progress": 5}, str(form.pk): {"tf1": 2.5}}}

    assert api("PUT", f"{tickets}/batch_update", body).json()["succeeded"] == 2
    assert list(Ticket.objects.order_by("pk").values_list("typed_values", flat=True)) == [{"tf1": 2.5}, {}, {}]


def test_batch_update_that_fails_for_all_says_why(api, tickets, filled):
    body = {"filter": {"subject": "A"}, "data": {"attributes": {"component-id": "987654"}}}

    assert pointers(api("PUT", f"{tickets}/batch_update", body)) == ["/data/attributes/component-id"]


def test_many_tickets_are_changed_by_a_job(api, project, tickets, monkeypatch):
    Ticket.objects.bulk_create(Ticket(project=project, subject="x") for _time in range(101))
    body = {"filter": {"subject": "x"}, "data": {"attributes": {"status-id": "gk"}}}
    answer = api("PUT", f"{tickets}/batch_update", body)
    waiting = set(statuses())
    work()

    assert (answer.status_code, answer.json()["method"], waiting) == (202, "job", {1})
    assert set(statuses()) == {5}
    at = f"{tickets}/bulk_create_status?job_id={answer.json()['job_id']}"
    assert api.get(at).json() | {"job_id": ""} == {
        **{"job_id": "", "status": "completed", "total": 101},
        **{"succeeded": 101, "failed": 0, "errors": []},
    }


def test_batch_delete_deletes_what_the_filter_finds(api, tickets, filled):
    answer = api("POST", f"{tickets}/batch_delete", {"filter": {"uuid": [str(filled[0].uuid)]}})

    assert answer.status_code == 204
    assert [row.subject for row in Ticket.objects.all()] == ["B", "C"]
    assert [event.type for event in Event.objects.all()] == ["ticket.deleted"]


def test_filters_reach_no_other_account(api, tickets, stranger):
    foreign = stranger.account.projects.create(name="x").tickets.create(subject="x")
    for at in (tickets, "v2/~/projects/0/tickets"):
        api("POST", f"{at}/batch_delete", {"filter": {"uuid": [str(foreign.uuid)]}})

    assert Ticket.objects.filter(pk=foreign.pk).exists()


def test_multi_update_changes_each_ticket_its_way(api, tickets, filled):
    data = [{"attributes": {"uuid": str(row.uuid), "progress": at}} for at, row in enumerate(filled)]
    answer = api("PUT", f"{tickets}/multi_update", {"data": data})

    assert (answer.status_code, answer.json()["succeeded"]) == (200, 3)
    assert list(Ticket.objects.order_by("pk").values_list("progress", flat=True)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("second", "pointer"),
    [
        ({"uuid": NOWHERE}, "/data/1/attributes/uuid"),
        ({"uuid": "x"}, "/data/1/attributes/uuid"),
        ({}, "/data/1/attributes/uuid"),
        ({"uuid": NOWHERE, "progress": 101}, "/data/1/attributes/progress"),
    ],
)
def test_multi_update_writes_nothing_where_one_is_wrong(api, tickets, filled, second, pointer):
    data = [{"attributes": {"uuid": str(filled[0].uuid), "status-id": 3}}, {"attributes": second}]

    assert pointers(api("PUT", f"{tickets}/multi_update", {"data": data})) == [pointer]
    assert statuses() == [1, 1, 1]


def test_bulk_create_is_a_job(api, project, tickets, django_capture_on_commit_callbacks):
    known = Ticket.objects.create(project=project, subject="known")
    given = [{"subject": "A", "subscribers": [{"id": str(api.account.owner.user_id), "type": "User"}]}]
    given += [{"uuid": str(known.uuid)}, {"component-id": "987654"}]
    answer = api("POST", f"{tickets}/bulk_create", {"tickets": given})
    status = f"{tickets}/bulk_create_status?job_id={answer.json()['job_id']}"
    before = api.get(status).json()["status"]
    work()
    after = api.get(status).json()

    assert (answer.status_code, answer.json()["count"], answer.json()["method"]) == (201, 3, "job")
    assert (before, after["status"], after["succeeded"], after["failed"]) == ("queued", "completed", 2, 1)
    assert [(error["index"], list(error["errors"])) for error in after["errors"]] == [(2, ["component_id"])]
    assert sorted(Ticket.objects.values_list("subject", flat=True)) == ["A", "known"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/tickets"),
        ({"tickets": []}, "/tickets"),
        ({"tickets": [{}] * 101}, "/tickets"),
        ({"tickets": [{}, {"progress": 101}]}, "/tickets/1/progress"),
        ({"tickets": ["x"]}, "/tickets/0"),
    ],
)
def test_bad_bulk_is_refused(api, tickets, body, pointer):
    assert pointers(api("POST", f"{tickets}/bulk_create", body)) == [pointer]
    assert not Job.objects.exists()


def test_one_job_creates_tickets_in_a_project(api, account, project, tickets):
    first = api("POST", f"{tickets}/bulk_create", {"tickets": [{}]})
    second = api("POST", f"{tickets}/bulk_create", {"tickets": [{}]})
    work()
    third = api("POST", f"{tickets}/bulk_create", {"tickets": [{}]})

    assert [answer.status_code for answer in (first, second, third)] == [201, 422, 201]


@pytest.mark.parametrize("operation", ["bulk_create", "batch_update", "batch_delete", "copy_project"])
def test_archived_project_takes_no_job(api, project, tickets, filled, operation):
    Project.objects.update(status=Project.Status.ARCHIVED)
    body = {"tickets": [{}], "filter": {"subject": "A"}, "data": {"attributes": {"status-id": 3}}}
    at = f"v1/~/projects/{project.pk}/copy_project?name=x" if operation == "copy_project" else f"{tickets}/{operation}"
    answer = api("PUT" if operation == "batch_update" else "POST", at, body)

    assert answer.status_code == 422
    assert (statuses(), Project.objects.count()) == ([1, 1, 1], 1)


def test_project_archived_meanwhile_gets_no_tickets(api, project, tickets):
    api("POST", f"{tickets}/bulk_create", {"tickets": [{}, {}]})
    Project.objects.update(status=Project.Status.ARCHIVED)
    work()

    job = Job.objects.get()
    assert (job.status, job.failed, Ticket.objects.count()) == ("failed", 2, 0)


def test_job_that_died_goes_on_where_it_was(api, tickets, monkeypatch):
    api("POST", f"{tickets}/bulk_create", {"tickets": [{"subject": name} for name in "ABC"]})
    job, save = Job.objects.get(), Ticket.save

    def die(self, **kwargs):
        if self.subject == "B":
            raise OperationalError
        save(self, **kwargs)

    monkeypatch.setattr(Ticket, "save", die)
    with pytest.raises(OperationalError):
        jobs.run(job.pk)
    monkeypatch.undo()
    held = jobs.run(job.pk)  # the lease of the dead worker
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    done = jobs.run(job.pk)

    assert (held, done.status, done.succeeded) == (None, "completed", 3)
    assert sorted(Ticket.objects.values_list("subject", flat=True)) == ["A", "B", "C"]
    assert Event.objects.count() == 3


def test_job_gives_way_after_its_time_slice(api, tickets):
    api("POST", f"{tickets}/bulk_create", {"tickets": [{}, {}]})
    job = jobs.run(Job.objects.get().pk, seconds=0)
    half = (job.position, job.leased_until)
    work()

    assert half == (1, None)
    assert Job.objects.get().status == "completed"


def test_jobs_are_kept_for_a_day(api, tickets):
    api("POST", f"{tickets}/bulk_create", {"tickets": [{}]})
    work()
    jobs.sweep(timezone.now() + timedelta(hours=23))
    kept = Job.objects.count()
    jobs.sweep(timezone.now() + timedelta(hours=25))

    assert (kept, Job.objects.count()) == (1, 0)


@pytest.mark.parametrize("key", ["", "x", NOWHERE, "%00"])
def test_unknown_job_is_a_404(api, tickets, key):
    assert api.get(f"{tickets}/bulk_create_status?job_id={key}").status_code in {400, 404}


def test_jobs_of_others_do_not_exist(api, stranger, tickets):
    job = Job.objects.create(account=stranger.account, kind=Job.Kind.CREATE, user=stranger.user)

    assert api.get(f"{tickets}/bulk_create_status?job_id={job.uuid}").status_code == 404


def test_bulk_request_counts_as_one(api, tickets, filled):
    Account.objects.update(api_rate_limit=50)
    before = int(api.get("v1/~/projects").headers["X-RateLimit-Remaining"])
    body = {"filter": {"subject": list("ABC")}, "data": {"attributes": {"status-id": 3}}}

    assert int(api("PUT", f"{tickets}/batch_update", body).headers["X-RateLimit-Remaining"]) == before - 1


def test_journals_of_a_project(api, tickets):
    made = [api.post(tickets, {"subject": name}).json()["data"]["id"] for name in "AB"]
    for key in made:
        api.put(f"{tickets}/{key}", {"progress": 5})
        api.put(f"{tickets}/{key}", {"status-id": 3})
    found = api.get(f"{tickets}/journals?prop_keys=status_id,subject").json()

    assert [row["attributes"]["ticket-uuid"] for row in found["data"]] == made
    assert api.get(f"{tickets}/journals?pagesize=1000").json()["meta"] == {"count": 4, "page": 1, "pagesize": 100}
    assert api.get(f"{tickets}/journals?last_sync_date=2100-01-01T00:00:00Z").json()["data"] == []


@pytest.mark.parametrize("query", ["last_sync_date=x", "last_sync_date=0001-01-01", "page=0", "pagesize=0"])
def test_wrong_query_of_journals_is_a_400(api, tickets, query):
    assert api.get(f"{tickets}/journals?{query}").status_code == 400


def test_subtickets_stand_under_their_ticket(api, project, tickets, filled):
    child = Ticket.objects.create(project=project, subject="child", parent=filled[0], typed_values={"a": 1})
    at = f"{tickets}/{filled[0].uuid}/subtickets"

    assert [row["id"] for row in api.get(at).json()["data"]] == [str(child.uuid)]
    assert api.get(at).json()["data"][0]["attributes"]["typed-values"] is None
    assert api.get(f"{at}?include_typed_values=true").json()["data"][0]["attributes"]["typed-values"] == {"a": 1}


def test_tickets_are_loaded_as_they_are_listed(api, project, filled):
    at = f"v1/~/projects/{project.pk}/tickets"

    assert api.get(f"{at}/load?sort=-id").json() == api.get(f"{at}?sort=-id").json()


def test_project_is_copied_by_a_job(api, project):
    Project.objects.update(city="Wien")
    project.layers.create(name="Cellar", parent=project.layers.get())
    at = f"v1/~/projects/{project.pk}/copy_project"
    answer = api("POST", f"{at}?name=Copy&details=true&ticket_types=true&components=true")
    work()
    copy = Project.objects.get(name="Copy")

    assert (answer.status_code, uuid.UUID(answer.json()["job_id"])) == (202, Job.objects.get().uuid)
    assert (copy.city, copy.ticket_type_links.count(), copy.tickets.count()) == ("Wien", 1, 0)
    assert [(layer.name, layer.parent is not None) for layer in copy.layers.all()] == [
        ("Whole site", False),
        ("Cellar", True),
    ]
    assert [event.type for event in Event.objects.all()] == ["project.created"]


@pytest.mark.parametrize("query", ["", "name=", f"name={'x' * 201}", "name=x&details=perhaps", "name=%00"])
def test_copy_needs_a_name(api, project, query):
    assert api("POST", f"v1/~/projects/{project.pk}/copy_project?{query}").status_code == 400
    assert Project.objects.count() == 1

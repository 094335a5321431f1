import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from connect.models import ConnectRequest, WantedApp
from tests.connect.conftest import CREATE, LIST, WISH, WORKSPACE, change, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(account):
    """Make requests of as many accounts, in all states, for one app each."""

    def many(number):
        accounts = Account.objects.bulk_create(Account(name=f"Account {one}") for one in range(number))
        states = list(ConnectRequest.State)
        connect_requests = ConnectRequest.objects.bulk_create(
            ConnectRequest(
                account=one,
                state=states[place % len(states)],
                purpose="x",
                due_at=timezone.now() if place % 2 else None,
            )
            for place, one in enumerate(accounts)
        )
        WantedApp.objects.bulk_create(
            WantedApp(request=connect_request, app="sap") for connect_request in connect_requests
        )

    return many


@pytest.mark.parametrize(("name", "text"), [("write", "We restored it."), ("note", "Nothing to answer.")])
def test_unanswered_message_needs_doing_until_staff_acts(client, connect_request, stella, act, name, text):
    def needs_doing():
        return list(stella.get(reverse(LIST)).context["cl"].queryset)

    act(stella, connect_request, "approve", workspace_url=WORKSPACE)
    before = needs_doing()
    client.post(reverse("connect:message_create", args=[connect_request.pk]), {"text": "Please add an app."})
    waiting, page = needs_doing(), text_of(stella.get(change(connect_request)))
    connect_request.refresh_from_db()
    act(stella, connect_request, name, text)

    assert (before, waiting, needs_doing()) == ([], [connect_request], [])
    assert "unanswered message" in page


def test_queue_opens_on_what_needs_doing_unassigned_and_oldest_first(stella, reviewer, many):
    many(14)
    first, second = ConnectRequest.objects.to_do().order_by("pk")[:2]
    ConnectRequest.objects.filter(pk=first.pk).update(assignee=stella.user)
    shown = list(stella.get(reverse(LIST)).context["cl"].queryset)

    assert {connect_request.state for connect_request in shown} == {"submitted", "in_review"}
    assert (shown[0], shown[-1]) == (second, first)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 4),
        ("?state=all", 14),
        ("?state=approved", 2),
        ("?state=all&assignee=nobody", 14),
        ("?state=all&assignee=me", 0),
        ("?state=all&age=overdue", 7),
        ("?state=all&age=stopped", 3),
        ("?state=all&app=sap", 14),
        ("?state=all&language=de", 0),
        ("?state=all&q=Account+13", 1),
        ("?state=all&q=SAP+S/4HANA", 14),
        ("?state=nonsense", 0),
        ("?state=all&assignee=nonsense", 14),
    ],
)
def test_queue_is_filtered(stella, many, query, number):
    many(14)

    assert stella.get(reverse(LIST) + query).context["cl"].result_count == number


def test_queue_counts_what_is_in_each_state(stella, many):
    many(14)

    page = text_of(stella.get(reverse(LIST)))
    assert "needs doing (4)" in page
    assert "declined (2)" in page


def test_queue_counts_what_asks_for_each_app(stella, many, client):
    many(14)
    client.post(reverse(CREATE), WISH)

    page = text_of(stella.get(reverse(LIST) + "?state=all&assignee=nobody"))
    assert ("SAP S/4HANA (15)" in page, "Microsoft SharePoint (1)" in page) == (True, True)


def test_queue_opens_in_a_fixed_number_of_queries(stella, many):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert stella.get(reverse(LIST) + "?state=all").status_code == 200
        return len(captured)

    queries()  # the first visit of a day writes down more
    many(10)
    few = queries()
    many(5_000)

    assert queries() == few


def test_many_are_assigned_at_once_and_none_is_approved(stella, reviewer, many):
    many(14)
    theo = reviewer("theo").user
    chosen = list(ConnectRequest.objects.filter(state__in=["submitted", "approved"]).values_list("pk", flat=True))
    answer = stella.post(
        reverse(LIST) + "?state=all", {"action": "assign_many", "to": theo.pk, "_selected_action": chosen}, follow=True
    )

    assert "2 requests are with Theo." in text_of(answer)
    assert "2 were closed already." in text_of(answer)
    assert ConnectRequest.objects.filter(assignee=theo, state="in_review").count() == 2
    assert list(answer.context["cl"].model_admin.get_actions(answer.wsgi_request)) == [
        "assign_mine",
        "assign_many",
        "export_csv",
    ]


def test_csv_holds_no_formula(client, stella):
    client.post(reverse(CREATE), WISH | {"purpose": "=HYPERLINK(1)", "other_apps": "@x", "contact": "+1"})
    data = {"action": "export_csv", "_selected_action": [ConnectRequest.objects.get().pk]}
    text = b"".join(stella.post(reverse(LIST), data).streaming_content).decode()

    assert "'=HYPERLINK(1)" in text
    assert '"\'+1"' in text

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.models import AuditEntry, OutgoingMail
from connect.models import CannedReply, ConnectRequest
from tests.connect.conftest import CREATE, LIST, WISH, WORKSPACE, change, text_of

pytestmark = pytest.mark.django_db


def test_staff_assigns_asks_gets_an_answer_and_approves(client, connect_request, stella, act, state_of):
    stella.post(
        reverse("admin:connect_connectrequest_assign", args=[connect_request.pk]), {"seen": connect_request.version}
    )
    states = [state_of(connect_request)]
    act(stella, connect_request, "ask", "Which fields?")
    states.append(state_of(connect_request))
    client.post(reverse("connect:answer_create", args=[connect_request.pk]), {"text": "All."})
    states.append(state_of(connect_request))
    act(stella, connect_request, "approve", "Welcome!", workspace_url=WORKSPACE)
    states.append(state_of(connect_request))

    assert states == ["in_review", "needs_information", "in_review", "approved"]
    assert [entry.kind for entry in connect_request.entries.all()] == [
        "submitted",
        "assigned",
        "reviewed",
        "asked",
        "answered",
        "approved",
    ]
    assert list(AuditEntry.objects.order_by("number").values_list("action", flat=True)) == [
        "connect.requested",
        "connect.in_review",
        "connect.question_asked",
        "connect.answered",
        "connect.granted",
    ]
    assert LogEntry.objects.filter(object_id=str(connect_request.pk)).count() == 3


@pytest.mark.parametrize("name", ["ask", "decline", "write", "note"])
def test_message_is_mandatory(connect_request, stella, act, name):
    answer = act(stella, connect_request, name, "")

    assert list(answer.context["form"].errors) == ["text"]
    assert connect_request.entries.count() == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "workato",
        "http://app.workato.example",
        "javascript:alert(1)",
        "https://" + "x" * 600,
        "https://a.example/?<b>",
    ],
)
def test_approval_needs_the_address_of_a_workspace(connect_request, stella, act, state_of, url):
    answer = act(stella, connect_request, "approve", "Welcome", workspace_url=url)

    assert list(answer.context["form"].errors) == ["workspace_url"]
    assert "Welcome" in text_of(answer)
    assert state_of(connect_request) == "submitted"


def test_mail_is_shown_in_the_language_of_the_customer_before_it_goes(client, stella, act, state_of):
    client.post(reverse(CREATE), WISH | {"language": "de"})
    connect_request = ConnectRequest.objects.get()
    before = OutgoingMail.objects.count()
    page = act(stella, connect_request, "ask", "Welche Felder?", step="preview")
    letter = page.context["letter"]
    asked_nothing = (OutgoingMail.objects.count(), state_of(connect_request))
    act(stella, connect_request, "ask", "Welche Felder?")
    mail = OutgoingMail.objects.order_by("pk").last()

    assert asked_nothing == (before, "submitted")
    assert "Welche Felder?" in letter.text
    assert (mail.to, mail.subject, mail.text.strip()) == ("olga@alpha.example", letter.subject, letter.text)


def test_canned_replies_are_those_of_the_language(client, stella, act):
    client.post(reverse(CREATE), WISH | {"language": "pl"})
    connect_request = ConnectRequest.objects.get()
    page = stella.get(reverse("admin:connect_connectrequest_act", args=[connect_request.pk, "ask"]))
    offered = list(page.context["form"].fields["reply"].queryset)
    again = act(stella, connect_request, "ask", "Dzień dobry,", step="insert", reply=offered[0].pk)

    assert {(one.use, one.language) for one in offered} == {("ask", "pl")}
    assert again.context["form"]["text"].value() == f"Dzień dobry,\n\n{offered[0].text}"


@pytest.mark.parametrize("language", ["en", "pl", "de"])
def test_there_are_replies_to_begin_with(language):
    uses = CannedReply.objects.filter(language=language).values_list("use", flat=True)

    assert set(uses) == {"approve", "ask", "decline", "write"}


def test_second_of_two_reviewers_is_told(connect_request, stella, reviewer, act, state_of):
    theo = reviewer("theo")
    act(stella, connect_request, "approve", workspace_url=WORKSPACE, seen=1)
    answer = act(theo, connect_request, "decline", "Too small.", seen=1)

    assert "meanwhile Stella granted access" in text_of(answer)
    assert "Too small." in text_of(answer)
    assert state_of(connect_request) == "approved"


def test_reviewer_of_a_page_that_is_old_looks_again_and_then_decides(client, connect_request, stella, act, state_of):
    client.post(reverse("connect:message_create", args=[connect_request.pk]), {"text": "Wait!"})
    first = act(stella, connect_request, "decline", "No.", seen=1)
    second = act(stella, connect_request, "decline", "No.", seen=first.context["form"]["seen"].value())

    assert "meanwhile Olga wrote a message" in text_of(first)
    assert (second.redirect_chain[-1][0], state_of(connect_request)) == (change(connect_request), "declined")


@pytest.mark.parametrize("name", ["suspend", "restore"])
def test_act_that_makes_no_sense_now_leads_back(connect_request, stella, name):
    answer = stella.get(reverse("admin:connect_connectrequest_act", args=[connect_request.pk, name]), follow=True)

    assert (answer.redirect_chain[-1][0], "Nothing was done" in text_of(answer)) == (change(connect_request), True)


def test_access_is_suspended_and_restored(connect_request, stella, act, state_of):
    states = []
    for name, text in [("approve", ""), ("suspend", "Not paid."), ("restore", "")]:
        act(stella, connect_request, name, text, workspace_url=WORKSPACE)
        states.append(state_of(connect_request))

    assert states == ["approved", "suspended", "approved"]
    assert list(OutgoingMail.objects.order_by("pk").values_list("subject", flat=True))[1:] == [
        "You have access to PlanRadar Connect",
        "Your access to PlanRadar Connect is suspended",
        "Your access to PlanRadar Connect is restored",
    ]


def test_second_of_two_reviewers_is_told_before_the_mail_is_shown(connect_request, stella, reviewer, act):
    act(stella, connect_request, "decline", "No.")
    page = act(reviewer("theo"), connect_request, "approve", "Welcome", "preview", workspace_url=WORKSPACE)

    assert "meanwhile Stella declined" in text_of(page)
    assert ("Welcome" in text_of(page), page.context["letter"]) == (True, None)


def test_act_that_was_clicked_twice_is_done_once(connect_request, stella, act):
    answers = [act(stella, connect_request, "ask", "Which fields?", seen=1) for _ in range(2)]

    assert [answer.redirect_chain[-1][0] for answer in answers] == [change(connect_request)] * 2
    assert connect_request.entries.filter(kind="asked").count() == 1
    assert OutgoingMail.objects.filter(subject__startswith="A question").count() == 1


def test_request_that_somebody_took_meanwhile_stays_theirs(connect_request, stella, reviewer):
    url = reverse("admin:connect_connectrequest_assign", args=[connect_request.pk])
    pages = [text_of(one.post(url, {"seen": 1}, follow=True)) for one in (stella, reviewer("theo"))]

    connect_request.refresh_from_db()
    assert (connect_request.assignee, connect_request.entries.filter(kind="assigned").count()) == (stella.user, 1)
    assert ["meanwhile Stella began the review" in page for page in pages] == [False, True]


def test_address_of_the_workspace_is_mended(client, connect_request, stella, act, state_of):
    act(stella, connect_request, "approve", workspace_url="https://wrong.example/")
    connect_request.refresh_from_db()
    act(stella, connect_request, "address", workspace_url=WORKSPACE)

    assert f'href="{WORKSPACE}"' in text_of(client.get(reverse("connect:request_detail")))
    assert (state_of(connect_request), connect_request.entries.last().kind) == ("approved", "addressed")
    assert WORKSPACE in OutgoingMail.objects.order_by("pk").last().text
    assert AuditEntry.objects.order_by("number").last().action == "connect.address_changed"


def test_unknown_act_and_unknown_request_are_not_there(connect_request, stella, act):
    urls = [
        reverse("admin:connect_connectrequest_act", args=one)
        for one in [(connect_request.pk, "delete"), (10**9, "ask")]
    ]

    assert [stella.post(url).status_code for url in urls] == [404, 404]


def test_page_shows_account_timeline_and_acts(connect_request, stella):
    page = text_of(stella.get(change(connect_request)))

    assert [
        word in page
        for word in ("olga@alpha.example", "asked for access", "0, of which 0 on", "This is the first one.", "Approve")
    ] == [True] * 5


def test_page_takes_no_post(connect_request, stella):
    assert stella.post(change(connect_request), {"state": "approved"}).status_code == 405


def test_requests_go_to_those_alone_who_may_act_on_them(connect_request, stella, reviewer):
    gus = reviewer("gus", groups=()).user
    answer = stella.post(
        reverse(LIST), {"action": "assign_many", "to": gus.pk, "_selected_action": [connect_request.pk]}, follow=True
    )

    connect_request.refresh_from_db()
    assert ("Gus" in text_of(answer), connect_request.assignee) == (False, None)


def test_assigning_many_asks_to_whom(stella, connect_request):
    data = {"action": "assign_many", "to": "", "_selected_action": [connect_request.pk]}
    answer = stella.post(reverse(LIST), data, follow=True)

    assert "Choose whom the requests go to." in text_of(answer)


@pytest.mark.parametrize("query", ["?state=%00", "?app=%00", "?language__exact=%00"])
def test_query_that_no_page_sends_is_refused(stella, connect_request, query):
    assert stella.get(reverse(LIST) + query).status_code == 400


def test_choice_that_no_page_sends_is_refused(stella, connect_request):
    assert stella.post(reverse(LIST), {"action": "assign_mine", "_selected_action": "x"}).status_code == 400


def test_clock_stops_while_information_is_awaited(client_of, owner, connect_request, stella, act, time_machine):
    time_machine.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False)
    connect_request.due_at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    connect_request.save()
    time_machine.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False)
    act(stella, connect_request, "ask", "Which fields?")
    connect_request.refresh_from_db()
    stopped = (connect_request.due_at, connect_request.time_left)
    time_machine.move_to(datetime(2026, 12, 3, 15, tzinfo=UTC), tick=False)
    client_of(owner).post(reverse("connect:answer_create", args=[connect_request.pk]), {"text": "All."})
    connect_request.refresh_from_db()

    assert stopped == (None, timedelta(days=1))
    assert connect_request.due_at == datetime(2026, 12, 4, 15, tzinfo=UTC)

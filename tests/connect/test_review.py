from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.models import AuditEntry, OutgoingMail
from connect.models import CannedReply, ConnectRequest
from tests.connect.conftest import CREATE, LIST, WISH, WORKSPACE, change, text_of

pytestmark = pytest.mark.django_db


def test_staff_assigns_asks_gets_an_answer_and_approves(client, wish, stella, act, state_of):
    stella.post(reverse("admin:connect_connectrequest_assign", args=[wish.pk]), {"seen": wish.version})
    states = [state_of(wish)]
    act(stella, wish, "ask", "Which fields?")
    states.append(state_of(wish))
    client.post(reverse("connect:answer_create", args=[wish.pk]), {"text": "All."})
    states.append(state_of(wish))
    act(stella, wish, "approve", "Welcome!", workspace_url=WORKSPACE)
    states.append(state_of(wish))

    assert states == ["in_review", "needs_information", "in_review", "approved"]
    assert [entry.kind for entry in wish.entries.all()] == [
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
    assert LogEntry.objects.filter(object_id=str(wish.pk)).count() == 3


@pytest.mark.parametrize("name", ["ask", "decline", "write", "note"])
def test_message_is_mandatory(wish, stella, act, name):
    answer = act(stella, wish, name, "")

    assert list(answer.context["form"].errors) == ["text"]
    assert wish.entries.count() == 1


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
def test_approval_needs_the_address_of_a_workspace(wish, stella, act, state_of, url):
    answer = act(stella, wish, "approve", "Welcome", workspace_url=url)

    assert list(answer.context["form"].errors) == ["workspace_url"]
    assert "Welcome" in text_of(answer)
    assert state_of(wish) == "submitted"


def test_mail_is_shown_in_the_language_of_the_customer_before_it_goes(client, stella, act, state_of):
    client.post(reverse(CREATE), WISH | {"language": "de"})
    wish = ConnectRequest.objects.get()
    before = OutgoingMail.objects.count()
    page = act(stella, wish, "ask", "Welche Felder?", step="preview")
    letter = page.context["letter"]
    asked_nothing = (OutgoingMail.objects.count(), state_of(wish))
    act(stella, wish, "ask", "Welche Felder?")
    mail = OutgoingMail.objects.order_by("pk").last()

    assert asked_nothing == (before, "submitted")
    assert "Welche Felder?" in letter.text
    assert (mail.to, mail.subject, mail.text.strip()) == ("olga@alpha.example", letter.subject, letter.text)


def test_canned_replies_are_those_of_the_language(client, stella, act):
    client.post(reverse(CREATE), WISH | {"language": "pl"})
    wish = ConnectRequest.objects.get()
    page = stella.get(reverse("admin:connect_connectrequest_act", args=[wish.pk, "ask"]))
    offered = list(page.context["form"].fields["reply"].queryset)
    again = act(stella, wish, "ask", "Dzień dobry,", step="insert", reply=offered[0].pk)

    assert {(one.use, one.language) for one in offered} == {("ask", "pl")}
    assert again.context["form"]["text"].value() == f"Dzień dobry,\n\n{offered[0].text}"


@pytest.mark.parametrize("language", ["en", "pl", "de"])
def test_there_are_replies_to_begin_with(language):
    uses = CannedReply.objects.filter(language=language).values_list("use", flat=True)

    assert set(uses) == {"approve", "ask", "decline", "write"}


def test_second_of_two_reviewers_is_told(wish, stella, reviewer, act, state_of):
    theo = reviewer("theo")
    act(stella, wish, "approve", workspace_url=WORKSPACE, seen=1)
    answer = act(theo, wish, "decline", "Too small.", seen=1)

    assert "meanwhile Stella granted access" in text_of(answer)
    assert "Too small." in text_of(answer)
    assert state_of(wish) == "approved"


def test_reviewer_of_a_page_that_is_old_looks_again_and_then_decides(client, wish, stella, act, state_of):
    client.post(reverse("connect:message_create", args=[wish.pk]), {"text": "Wait!"})
    first = act(stella, wish, "decline", "No.", seen=1)
    second = act(stella, wish, "decline", "No.", seen=first.context["form"]["seen"].value())

    assert "meanwhile Olga wrote a message" in text_of(first)
    assert (second.redirect_chain[-1][0], state_of(wish)) == (change(wish), "declined")


@pytest.mark.parametrize("name", ["suspend", "restore"])
def test_act_that_makes_no_sense_now_leads_back(wish, stella, name):
    answer = stella.get(reverse("admin:connect_connectrequest_act", args=[wish.pk, name]), follow=True)

    assert (answer.redirect_chain[-1][0], "Nothing was done" in text_of(answer)) == (change(wish), True)


def test_access_is_suspended_and_restored(wish, stella, act, state_of):
    states = []
    for name, text in [("approve", ""), ("suspend", "Not paid."), ("restore", "")]:
        act(stella, wish, name, text, workspace_url=WORKSPACE)
        states.append(state_of(wish))

    assert states == ["approved", "suspended", "approved"]
    assert list(OutgoingMail.objects.order_by("pk").values_list("subject", flat=True))[1:] == [
        "You have access to PlanRadar Connect",
        "Your access to PlanRadar Connect is suspended",
        "Your access to PlanRadar Connect is restored",
    ]


def test_second_of_two_reviewers_is_told_before_the_mail_is_shown(wish, stella, reviewer, act):
    act(stella, wish, "decline", "No.")
    page = act(reviewer("theo"), wish, "approve", "Welcome", "preview", workspace_url=WORKSPACE)

    assert "meanwhile Stella declined" in text_of(page)
    assert ("Welcome" in text_of(page), page.context["letter"]) == (True, None)


def test_act_that_was_clicked_twice_is_done_once(wish, stella, act):
    answers = [act(stella, wish, "ask", "Which fields?", seen=1) for _ in range(2)]

    assert [answer.redirect_chain[-1][0] for answer in answers] == [change(wish)] * 2
    assert wish.entries.filter(kind="asked").count() == 1
    assert OutgoingMail.objects.filter(subject__startswith="A question").count() == 1


def test_request_that_somebody_took_meanwhile_stays_theirs(wish, stella, reviewer):
    url = reverse("admin:connect_connectrequest_assign", args=[wish.pk])
    pages = [text_of(one.post(url, {"seen": 1}, follow=True)) for one in (stella, reviewer("theo"))]

    wish.refresh_from_db()
    assert (wish.assignee, wish.entries.filter(kind="assigned").count()) == (stella.user, 1)
    assert ["meanwhile Stella began the review" in page for page in pages] == [False, True]


def test_address_of_the_workspace_is_mended(client, wish, stella, act, state_of):
    act(stella, wish, "approve", workspace_url="https://wrong.example/")
    wish.refresh_from_db()
    act(stella, wish, "address", workspace_url=WORKSPACE)

    assert f'href="{WORKSPACE}"' in text_of(client.get(reverse("connect:request_detail")))
    assert (state_of(wish), wish.entries.last().kind) == ("approved", "addressed")
    assert WORKSPACE in OutgoingMail.objects.order_by("pk").last().text
    assert AuditEntry.objects.order_by("number").last().action == "connect.address_changed"


def test_unknown_act_and_unknown_request_are_not_there(wish, stella, act):
    urls = [reverse("admin:connect_connectrequest_act", args=one) for one in [(wish.pk, "delete"), (10**9, "ask")]]

    assert [stella.post(url).status_code for url in urls] == [404, 404]


def test_page_shows_account_timeline_and_acts(wish, stella):
    page = text_of(stella.get(change(wish)))

    assert [
        word in page
        for word in ("olga@alpha.example", "asked for access", "0, of which 0 on", "This is the first one.", "Approve")
    ] == [True] * 5


def test_page_takes_no_post(wish, stella):
    assert stella.post(change(wish), {"state": "approved"}).status_code == 405


def test_requests_go_to_those_alone_who_may_act_on_them(wish, stella, reviewer):
    gus = reviewer("gus", groups=()).user
    answer = stella.post(
        reverse(LIST), {"action": "assign_many", "to": gus.pk, "_selected_action": [wish.pk]}, follow=True
    )

    wish.refresh_from_db()
    assert ("Gus" in text_of(answer), wish.assignee) == (False, None)


def test_assigning_many_asks_to_whom(stella, wish):
    data = {"action": "assign_many", "to": "", "_selected_action": [wish.pk]}
    answer = stella.post(reverse(LIST), data, follow=True)

    assert "Choose whom the requests go to." in text_of(answer)


@pytest.mark.parametrize("query", ["?state=%00", "?app=%00", "?language__exact=%00"])
def test_query_that_no_page_sends_is_refused(stella, wish, query):
    assert stella.get(reverse(LIST) + query).status_code == 400


def test_choice_that_no_page_sends_is_refused(stella, wish):
    assert stella.post(reverse(LIST), {"action": "assign_mine", "_selected_action": "x"}).status_code == 400


def test_clock_stops_while_information_is_awaited(client_of, owner, wish, stella, act, time_machine):
    time_machine.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False)
    wish.due_at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    wish.save()
    time_machine.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False)
    act(stella, wish, "ask", "Which fields?")
    wish.refresh_from_db()
    stopped = (wish.due_at, wish.time_left)
    time_machine.move_to(datetime(2026, 12, 3, 15, tzinfo=UTC), tick=False)
    client_of(owner).post(reverse("connect:answer_create", args=[wish.pk]), {"text": "All."})
    wish.refresh_from_db()

    assert stopped == (None, timedelta(days=1))
    assert wish.due_at == datetime(2026, 12, 4, 15, tzinfo=UTC)

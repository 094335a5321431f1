import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry, OutgoingMail
from connect.models import ConnectRequest, Entry
from tests.connect.conftest import CREATE, WISH, text_of
from webhooks.models import Event

pytestmark = pytest.mark.django_db
DETAIL = "connect:request_detail"


def test_r_c1_owner_requests_access(client, owner, connect_request):
    assert (connect_request.account, connect_request.requested_by, connect_request.state) == (
        owner.account,
        owner.user,
        "submitted",
    )
    assert connect_request.app_names == ["Microsoft SharePoint", "SAP S/4HANA"]
    assert "Microsoft SharePoint, SAP S/4HANA" in text_of(client.get(reverse(DETAIL)))


def test_request_is_told_to_customer_success_and_the_audit_log_and_no_webhook(connect_request, settings):
    mail = OutgoingMail.objects.get()

    assert (mail.to, mail.subject) == (settings.CONNECT_NOTIFY, "PlanRadar Connect: Alpha asked for access")
    assert reverse("admin:connect_connectrequest_change", args=[connect_request.pk]) in mail.text
    assert AuditEntry.objects.get().action == "connect.requested"
    assert not Event.objects.exists()


def test_second_live_request_is_not_made(client, connect_request):
    answer = client.post(reverse(CREATE), WISH, follow=True)

    assert "with Customer Success already" in text_of(answer)
    assert ConnectRequest.objects.get() == connect_request


def test_second_request_that_says_else_is_kept_in_the_form(client, connect_request):
    answer = client.post(reverse(CREATE), WISH | {"purpose": "Quite another thing."})

    assert "another request is with Customer Success" in text_of(answer)
    assert "Quite another thing." in text_of(answer)
    assert ConnectRequest.objects.get() == connect_request


@pytest.mark.parametrize("state", ConnectRequest.LIVE)
def test_database_holds_one_live_request_per_account(connect_request, state):
    with pytest.raises(IntegrityError), transaction.atomic():
        ConnectRequest.objects.create(account=connect_request.account, state=state)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"purpose": ""}, "purpose"),
        ({"purpose": "x" * 5001}, "purpose"),
        ({"purpose": "\x00"}, "purpose"),
        ({"apps": []}, "apps"),
        ({"apps": ["nonsense"]}, "apps"),
        ({"other_apps": "x" * 501}, "other_apps"),
        ({"contact": ""}, "contact"),
        ({"contact": "x" * 201}, "contact"),
        ({"phone": "1" * 51}, "phone"),
        ({"direction": "up"}, "direction"),
        ({"volume": "-1"}, "volume"),
        ({"language": "fr"}, "language"),
    ],
)
def test_mistake_is_named_beside_its_field_and_the_rest_is_kept(client, values, field):
    answer = client.post(reverse(CREATE), WISH | {"preferred_time": "after lunch"} | values)

    assert list(answer.context["form"].errors) == [field]
    assert 'value="after lunch"' in text_of(answer)
    assert not ConnectRequest.objects.exists()


def test_free_text_alone_names_the_apps(client):
    client.post(reverse(CREATE), WISH | {"apps": [], "other_apps": "Our ERP"})

    assert ConnectRequest.objects.get().app_names == ["Our ERP"]


def test_apps_are_not_called_optional(client):
    fields = text_of(client.get(reverse(CREATE))).split("<legend>")

    assert ["optional" in field.split("</legend>")[0] for field in fields if field.startswith("Apps to connect")] == [
        False
    ]


def test_link_of_the_error_about_apps_leads_to_the_list(client):
    page = text_of(client.post(reverse(CREATE), WISH | {"apps": []}))

    assert page.count('href="#id_apps_0"') == page.count('id="id_apps_0"') == 1


def test_form_begins_with_the_owner(client):
    assert 'value="Olga, olga@alpha.example"' in text_of(client.get(reverse(CREATE)))


def test_form_after_a_decline_begins_with_what_was_asked(client, connect_request, stella, act):
    act(stella, connect_request, "decline", "Webhooks do that.")
    page = client.get(reverse(CREATE))

    assert page.context["form"].initial["purpose"] == WISH["purpose"]
    assert set(page.context["form"].initial["apps"]) == set(WISH["apps"])
    client.post(reverse(CREATE), WISH)
    assert ConnectRequest.objects.count() == 2


def test_owner_answers_a_question(client, connect_request, stella, act, state_of):
    act(stella, connect_request, "ask", "Which fields?")
    client.post(reverse("connect:answer_create", args=[connect_request.pk]), {"text": "All of them."})

    assert state_of(connect_request) == "in_review"
    assert [(one.kind, one.text) for one in connect_request.entries.all()][-2:] == [
        ("asked", "Which fields?"),
        ("answered", "All of them."),
    ]
    assert OutgoingMail.objects.order_by("pk").last().subject == "PlanRadar Connect: Alpha answered"


def test_message_beside_a_question_that_came_meanwhile_is_not_taken_for_its_answer(
    client, connect_request, stella, act, state_of
):
    act(stella, connect_request, "ask", "Which fields?")
    page = text_of(
        client.post(reverse("connect:message_create", args=[connect_request.pk]), {"text": "We begin in May."})
    )

    assert [
        word in page
        for word in ("has changed since you opened this page", "We begin in May.", "Which fields?", "Your answer")
    ] == [True] * 4
    assert (state_of(connect_request), connect_request.entries.last().kind) == ("needs_information", "asked")


def test_second_answer_is_refused_and_kept(client, connect_request, stella, act):
    act(stella, connect_request, "ask", "Which fields?")
    url = reverse("connect:answer_create", args=[connect_request.pk])
    pages = [text_of(client.post(url, {"text": text}, follow=True)) for text in ("All of them.", "And more.")]

    assert ["has changed since you opened this page" in page for page in pages] == [False, True]
    assert "And more." in pages[1]
    assert list(connect_request.entries.filter(kind="answered").values_list("text", flat=True)) == ["All of them."]


def test_earlier_request_still_says_why_it_was_declined(client, connect_request, stella, act):
    act(stella, connect_request, "note", "They owe us money.")
    connect_request.refresh_from_db()
    act(stella, connect_request, "decline", "Webhooks do that.")
    client.post(reverse(CREATE), WISH)

    page = text_of(client.get(reverse(DETAIL)))
    assert ("Webhooks do that." in page, "They owe us money." in page) == (True, False)


def test_owner_adds_a_message(client, connect_request, state_of):
    client.post(reverse("connect:message_create", args=[connect_request.pk]), {"text": "We begin in May."})

    assert (state_of(connect_request), connect_request.entries.last().kind) == ("submitted", "wrote")


def test_message_to_a_request_that_ended_is_refused_and_kept(client, connect_request, stella, act):
    act(stella, connect_request, "decline", "No.")
    answer = client.post(reverse("connect:message_create", args=[connect_request.pk]), {"text": "But we need it."})

    assert "has ended since you opened this page" in text_of(answer)
    assert "But we need it." in text_of(answer)
    assert not connect_request.entries.filter(text="But we need it.").exists()


@pytest.mark.parametrize("text", ["", "x" * 5001, "\x00"])
def test_bad_message_is_refused(client, connect_request, text):
    answer = client.post(reverse("connect:message_create", args=[connect_request.pk]), {"text": text})

    assert list(answer.context["form"].errors) == ["text"]
    assert connect_request.entries.count() == 1


def test_owner_withdraws_once(client, connect_request, state_of):
    url = reverse("connect:request_withdraw", args=[connect_request.pk])
    page = client.get(url)
    answers = [text_of(client.post(url, follow=True)) for _ in range(2)]

    assert (page.status_code, state_of(connect_request)) == (200, "withdrawn")
    assert ["Nothing was withdrawn" in answer for answer in answers] == [False, True]
    assert connect_request.entries.filter(kind="withdrawn").count() == 1


def test_looking_at_the_page_to_withdraw_changes_nothing(client, connect_request, state_of):
    client.get(reverse("connect:request_withdraw", args=[connect_request.pk]))

    assert state_of(connect_request) == "submitted"


@pytest.mark.parametrize("name", ["connect:message_create", "connect:answer_create", "connect:request_withdraw"])
def test_request_of_another_account_is_not_there(connect_request, stranger, client_of, name):
    answer = client_of(stranger).post(reverse(name, args=[connect_request.pk]), {"text": "x"})

    assert answer.status_code == 404
    assert connect_request.entries.count() == 1


def test_approved_account_opens_its_workspace(client, connect_request, stella, act):
    act(stella, connect_request, "approve", workspace_url="https://app.workato.example/alpha")

    page = text_of(client.get(reverse(DETAIL)))
    assert 'href="https://app.workato.example/alpha"' in page
    assert "Open PlanRadar Connect" in page


def test_suspended_access_does_not_open(client, connect_request, stella, act):
    act(stella, connect_request, "approve", workspace_url="https://app.workato.example/alpha")
    connect_request.refresh_from_db()
    act(stella, connect_request, "suspend", "Not paid.")

    page = text_of(client.get(reverse(DETAIL)))
    assert ("Open PlanRadar Connect" in page, "Not paid." in page) == (False, True)


def test_markup_is_shown_as_text_everywhere(client, stella, act):
    markup = "<script>alert(1)</script>"
    fields = ("other_apps", "purpose", "contact", "preferred_time")
    client.post(reverse(CREATE), WISH | dict.fromkeys(fields, markup) | {"phone": "<b>1</b>"})
    connect_request = ConnectRequest.objects.get()
    act(stella, connect_request, "ask", markup)
    client.post(reverse("connect:answer_create", args=[connect_request.pk]), {"text": markup})
    pages = [
        client.get(reverse(DETAIL)),
        stella.get(reverse("admin:connect_connectrequest_change", args=[connect_request.pk])),
        stella.get(reverse("admin:connect_connectrequest_changelist")),
        act(stella, connect_request, "write", markup, step="preview", seen=3),
    ]
    texts = [text_of(page) for page in pages] + [mail.html for mail in OutgoingMail.objects.all()]

    assert len(texts) == 7
    assert [("<script>alert" in text, "<b>1" in text, "&lt;script&gt;alert" in text) for text in texts] == [
        (False, False, True)
    ] * 7


def test_customer_never_sees_what_is_internal(client, connect_request, stella, act):
    act(stella, connect_request, "note", "They owe us money.")

    assert connect_request.entries.last().kind == Entry.Kind.NOTED
    assert "They owe us money." not in text_of(client.get(reverse(DETAIL)))
    assert "They owe us money." in text_of(
        stella.get(reverse("admin:connect_connectrequest_change", args=[connect_request.pk]))
    )
    assert not any("They owe us" in mail.text for mail in OutgoingMail.objects.all())
    assert not AuditEntry.objects.filter(detail__contains="owe us").exists()


@pytest.mark.parametrize("state", ConnectRequest.State)
def test_page_opens_in_every_state(client, connect_request, state):
    ConnectRequest.objects.update(state=state, workspace_url="https://app.workato.example/")

    page = client.get(reverse(DETAIL))
    assert (page.status_code, str(state.label) in text_of(page)) == (200, True)
    assert ("Request access" in text_of(page)) == (state not in ConnectRequest.LIVE)

"""The account's limit on pages: the meter, the chart, asking for more and the decision."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import Account, OutgoingMail, User
from tokens.models import LimitRequest

pytestmark = pytest.mark.django_db
PAGES = ["tokens:account_tokens", "tokens:limit_detail", "tokens:limit_meter", "tokens:limit_request"]


@pytest.fixture
def staff(client):
    user = User.objects.create_user("stella@example.com", "x", name="Stella", is_staff=True)
    user.groups.add(Group.objects.get(name="Customer Success"))
    client.force_login(user)
    return client


@pytest.fixture
def limit_request(owner):
    Account.objects.update(api_rate_limit=30)
    return LimitRequest.objects.create(account=owner.account, requested_by=owner.user, number=120, reason="ERP")


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_the_owners_alone(client_of, request, page):
    people = ["owner", "manager", "api_user", "member", "external"]

    answers = [client_of(request.getfixturevalue(name)).get(reverse(page)).status_code for name in people]
    assert answers == [200, 403, 403, 403, 403]
    assert client_of(None).get(reverse(page)).status_code == 302


def test_meter_shows_what_is_used(owner, api_user, make_token, call, client_of):
    Account.objects.update(api_rate_limit=5)
    _, secret = make_token(api_user)
    for _ in range(2):
        call(secret, api_user.account)

    page = client_of(owner).get(reverse("tokens:limit_meter")).content.decode()

    assert "2 of 5 requests in the last 60 seconds" in page
    assert "3 more are free now." in page


def test_chart_shows_hours_served_and_refused(owner, api_user, make_token, call, client_of):
    Account.objects.update(api_rate_limit=2)
    _, secret = make_token(api_user)
    for _ in range(3):
        call(secret, api_user.account)

    chart = client_of(owner).get(reverse("tokens:limit_detail")).context["chart"]

    assert len(chart.bars) == 24
    assert (chart.bars[-1].good, chart.bars[-1].bad, sum(bar.good for bar in chart.bars)) == (2, 1, 2)


def test_asking_sends_the_chart_along(owner, client_of, api_user, make_token, call):
    call(make_token(api_user)[1], api_user.account)
    client_of(owner).post(reverse("tokens:limit_request"), {"number": 10_000, "reason": "x"})
    Account.objects.update(api_rate_limit=30)
    client_of(owner).post(reverse("tokens:limit_request"), {"number": 120, "reason": "Nightly ERP import"})

    limit_request = LimitRequest.objects.get()
    assert (limit_request.number, limit_request.reason, limit_request.requested_by, limit_request.state) == (
        120,
        "Nightly ERP import",
        owner.user,
        "submitted",
    )
    assert (len(limit_request.usage), limit_request.usage[-1][1:]) == (24, [1, 0])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "30"}, "number"),
        ({"number": "0"}, "number"),
        ({"number": "-5"}, "number"),
        ({"number": "10001"}, "number"),
        ({"number": "9" * 30}, "number"),
        ({"number": "x"}, "number"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 2001}, "reason"),
        ({"reason": "\x00"}, "reason"),
    ],
)
def test_bad_requests_are_refused(owner, client_of, values, field):
    Account.objects.update(api_rate_limit=30)
    answer = client_of(owner).post(reverse("tokens:limit_request"), {"number": "60", "reason": "ERP"} | values)

    assert list(answer.context["form"].errors) == [field]
    assert not LimitRequest.objects.exists()


def test_one_request_is_open_at_a_time(owner, client_of, limit_request):
    client_of(owner).post(reverse("tokens:limit_request"), {"number": 300, "reason": "more"})

    assert LimitRequest.objects.get() == limit_request


def decide(staff, limit_request, **values):
    address = reverse("admin:tokens_limitrequest_change", args=[limit_request.pk])
    answer = staff.post(address, {"decision": "grant", "granted": 90, "answer": "Welcome"} | values)
    limit_request.refresh_from_db()
    return answer


def test_granted_limit_is_in_force_at_once_and_told(staff, limit_request, owner, api_user, make_token, call):
    _, secret = make_token(api_user)
    before = call(secret, owner.account).headers["RateLimit-Policy"]
    decide(staff, limit_request)
    after = call(secret, owner.account)

    assert (before, after.headers["RateLimit-Policy"]) == ('"account";q=30;w=60', '"account";q=90;w=60')
    assert after.headers["X-RateLimit-Remaining"] == "88"
    assert (limit_request.state, limit_request.granted, limit_request.decided_by.name) == ("granted", 90, "Stella")
    mail = OutgoingMail.objects.get()
    assert (mail.to, "Welcome" in mail.text) == (owner.user.email, True)


def test_declined_request_changes_nothing_and_is_told(staff, limit_request, owner):
    decide(staff, limit_request, decision="decline", granted="")

    owner.account.refresh_from_db()
    assert (limit_request.state, owner.account.api_rate_limit) == ("declined", 30)
    assert OutgoingMail.objects.get().subject == "The API limit of Alpha stays as it is"


@pytest.mark.parametrize(("granted", "status"), [(30, 200), (29, 200), (31, 302)])
def test_what_is_granted_is_more_than_there_is(staff, limit_request, granted, status):
    Account.objects.update(api_rate_limit=None)

    assert decide(staff, limit_request, granted=granted).status_code == status


@pytest.mark.parametrize("values", [{"granted": ""}, {"granted": "0"}, {"granted": "x"}, {"decision": "perhaps"}])
def test_bad_decision_decides_nothing(staff, limit_request, values):
    assert decide(staff, limit_request, **values).status_code == 200
    assert limit_request.state == "submitted"


def test_decision_is_made_once(staff, limit_request, owner):
    decide(staff, limit_request)
    second = decide(staff, limit_request, granted=500, answer="Five hundred for you")

    page = staff.get(second.url).content.decode()
    assert ("has already been decided" in page, "Five hundred for you" in page) == (True, True)
    owner.account.refresh_from_db()
    assert owner.account.api_rate_limit == 90


def test_staff_see_the_chart_of_the_request(staff, limit_request):
    LimitRequest.objects.update(usage=[["2026-11-24 10:00:00+00:00", 5, 2]])

    page = staff.get(reverse("admin:tokens_limitrequest_change", args=[limit_request.pk])).content.decode()

    assert ('<rect class="bar-ok"' in page, "style=" in page.split("<svg")[1].split("</figure>")[0]) == (True, False)

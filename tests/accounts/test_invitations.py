import time
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import addresses
from accounts.members import views
from accounts.models import Invitation, Membership, OutgoingMail, User
from accounts.profile import forms

pytestmark = pytest.mark.django_db
PASSWORD = {"name": "Nora N.", "password": "correct horse 9", "again": "correct horse 9"}
ACCEPT = reverse("accounts:invitation_accept")


@pytest.fixture
def stranger(stranger):
    stranger.user.name = stranger.name = "Zenon"
    stranger.user.save()
    stranger.save()
    return stranger


def follow(path, client=None):
    client = client or Client()
    return client, client.get(path, follow=True)


def test_link_sets_a_password_and_lets_in(invite, link_to):
    member = invite("nora@new.example", has_api_access=True)
    client, page = follow(link_to("nora@new.example"))
    client.post(ACCEPT, PASSWORD)
    client.post("/auth/login/", {"login": "nora@new.example", "password": "correct horse 9"})

    member.refresh_from_db()
    assert (page.status_code, member.name, member.state) == (200, "Nora N.", "active")
    assert client.get("/settings/profile/tokens/", follow=True).status_code == 200


def test_opening_the_link_uses_nothing_up(invite, link_to):
    invite("nora@new.example")
    path = link_to("nora@new.example")

    assert [follow(path)[1].status_code for _ in range(3)] == [200, 200, 200]
    assert Invitation.objects.count() == 1


def test_link_works_once(invite, link_to):
    invite("nora@new.example")
    path = link_to("nora@new.example")
    first, second = follow(path)[0], follow(path)[0]

    answers = [first.post(ACCEPT, PASSWORD), second.post(ACCEPT, PASSWORD | {"password": "x", "again": "x"})]

    assert [answer.status_code for answer in answers] == [302, 404]
    assert follow(path)[1].status_code == 404
    assert User.objects.get(email="nora@new.example").check_password("correct horse 9")


@pytest.mark.parametrize(("days", "status"), [(6.9, 200), (7.1, 404)])
def test_link_works_for_seven_days(invite, link_to, days, status):
    invite("nora@new.example")
    path = link_to("nora@new.example")

    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert follow(path)[1].status_code == status


def test_resent_link_ends_the_first(client_of, owner, invite, link_to):
    member = invite("nora@new.example")
    first = link_to("nora@new.example")
    client_of(owner).post(reverse("accounts:invitation_resend", args=[member.pk]))

    assert [follow(first)[1].status_code, follow(link_to("nora@new.example"))[1].status_code] == [404, 200]


def test_revoked_link_works_no_more_and_leaves_no_trace_of_a_user(client_of, owner, invite, link_to):
    member = invite("nora@new.example")
    path = link_to("nora@new.example")
    client_of(owner).post(reverse("accounts:invitation_revoke", args=[member.pk]))

    assert follow(path)[1].status_code == 404
    assert not User.objects.filter(email="nora@new.example").exists()


def test_revoking_leaves_a_user_of_another_account_alone(client_of, owner, invite, stranger):
    member = invite(stranger.user.email)
    client_of(owner).post(reverse("accounts:invitation_revoke", args=[member.pk]))

    assert User.objects.filter(pk=stranger.user_id).exists()


def test_secret_of_the_link_is_stored_nowhere_in_clear(invite, django_assert_num_queries, link_to):
    invite("nora@new.example")
    raw = OutgoingMail.objects.raw("SELECT id, text AS cipher FROM accounts_outgoingmail")[0].cipher
    secret = link_to("nora@new.example").split("/")[2]

    assert raw.startswith("gAAAA")
    assert secret not in Invitation.objects.get().digest
    assert OutgoingMail.objects.get().text == ""


def test_invited_person_may_do_nothing_yet(client_of, invite, stranger, owner, client):
    member = invite(stranger.user.email, has_api_access=True)
    browser = client_of(stranger)
    browser.post("/account/switch/", {"account": owner.account_id})

    assert browser.get("/projects/").context["frame"].account == stranger.account
    assert member.state == "invited"


def test_known_person_joins_after_signing_in(client_of, invite, link_to, stranger, account):
    member = invite(stranger.user.email, name="Somebody")
    path = link_to(stranger.user.email)
    _, page = follow(path)
    browser = client_of(stranger)
    follow(path, browser)
    answer = browser.post(ACCEPT)

    member.refresh_from_db()
    assert "Sign in as" in page.content.decode()
    assert (member.state, member.name) == ("active", "Zenon")
    assert answer.url == addresses.of(account.pk, "/projects/")


def test_somebody_else_does_not_accept(client_of, invite, link_to, stranger, member):
    invited = invite(stranger.user.email)
    browser = client_of(member)
    follow(link_to(stranger.user.email), browser)
    browser.post(ACCEPT)

    invited.refresh_from_db()
    assert invited.joined_at is None


@pytest.mark.parametrize("taken", ["olga@beta.example", "free@new.example"])
def test_inviter_sees_the_same_whether_the_e_mail_is_known_or_not(client_of, owner, stranger, mails, taken):
    client = client_of(owner)
    data = {"name": "Nora", "email": taken.upper(), "kind": "internal"}
    answer = client.post(reverse("accounts:user_create"), data, follow=True)

    text = answer.content.decode()
    member = Membership.objects.get(user__email=taken, account=owner.account)
    assert (answer.status_code, member.name, len(mails())) == (200, "Nora", 1)
    assert (f"{taken} is invited." in text, "Zenon" in text, "Beta" in text) == (True, False, False)


def test_page_takes_as_long_for_a_known_person_as_for_a_new_one(client_of, owner, stranger):
    client, took = client_of(owner), []
    for email in (stranger.user.email, "nora@new.example"):
        began = time.monotonic()
        client.post(reverse("accounts:user_create"), {"name": "Nora", "email": email, "kind": "internal"})
        took.append(time.monotonic() - began)

    assert Membership.objects.filter(joined_at=None).count() == 2
    assert min(took) >= views.INVITED_AFTER


def test_known_person_is_not_found_by_what_they_are_elsewhere(client_of, owner, invite, stranger):
    invite(stranger.user.email, name="Nora")
    client = client_of(owner)
    search = reverse("accounts:user_list")

    emails = {
        text: [one.user.email for one in client.get(search, {"q": text}).context["page_obj"]]
        for text in ("Zenon", str(stranger.user_id), "Nora")
    }
    assert emails == {"Zenon": [], str(stranger.user_id): [], "Nora": [stranger.user.email]}


@pytest.mark.parametrize("who", ["member", "deactivated", "invited"])
def test_member_of_this_account_is_not_invited_again(client_of, owner, member, invite, who):
    if who == "deactivated":
        member.is_active = False
        member.save()
    email = invite("nora@new.example").user.email if who == "invited" else member.user.email
    data = {"name": "Mia", "email": email.upper(), "kind": "internal"}
    answer = client_of(owner).post(reverse("accounts:user_create"), data)

    assert answer.context["form"].errors.keys() == {"email"}


def test_mail_speaks_the_language_of_a_known_person(invite, stranger, mails):
    stranger.user.language = "de"
    stranger.user.save()
    invite(stranger.user.email)

    message = mails()[-1]
    assert (message.to, len(message.alternatives)) == ([stranger.user.email], 1)
    assert '<html lang="de">' in message.alternatives[0].content


@pytest.mark.parametrize(
    "data",
    [
        {"password": "short", "again": "short"},
        {"password": "correct horse 9", "again": "correct horse 8"},
        {"password": "nora@new.example", "again": "nora@new.example"},
        {"name": ""},
    ],
)
def test_bad_password_keeps_the_invitation(invite, link_to, data):
    member = invite("nora@new.example")
    client, _ = follow(link_to("nora@new.example"))
    answer = client.post(ACCEPT, PASSWORD | data)

    member.refresh_from_db()
    assert (answer.status_code, member.joined_at, Invitation.objects.count()) == (200, None, 1)


@pytest.mark.parametrize("path", [ACCEPT, "/invitation/x/", f"/invitation/{'a' * 500}/", "/invitation/%00/"])
def test_address_without_an_invitation_says_so(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("still")
def test_nobody_sends_invitations_without_end(client_of, owner, monkeypatch):
    monkeypatch.setattr(views, "INVITED_AFTER", 0)
    cache.clear()
    client = client_of(owner)
    for number in range(101):
        data = {"name": "N", "email": f"n{number}@new.example", "kind": "internal"}
        client.post(reverse("accounts:user_create"), data)

    assert Invitation.objects.count() == 100


def test_failed_sign_in_takes_as_long_and_says_the_same_for_known_and_unknown(client, stranger):
    stranger.user.set_password("correct horse 9")
    stranger.user.save()

    def attempt(email):
        start = time.process_time()
        answer = client.post("/auth/login/", {"login": email, "password": "wrong horse 9"})
        return time.process_time() - start, answer.context["form"].errors.get_json_data()

    (known_time, known), (unknown_time, unknown) = attempt(stranger.user.email), attempt("nobody@new.example")
    assert known == unknown
    assert 0.4 < known_time / unknown_time < 2.5


def test_reset_of_a_password_answers_the_same_and_leaves_the_sending_to_a_worker(client, stranger):
    emails = [stranger.user.email, "no@new.example"]
    answers = [client.post("/auth/password/reset/", {"email": email}) for email in emails]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, "/auth/password/reset/done/")] * 2
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == sorted(emails)


def test_link_to_reset_a_password_works(client, stranger, mails):
    client.post("/auth/password/reset/", {"email": stranger.user.email})
    link = next(word for word in mails()[-1].body.split() if word.startswith("http"))

    assert client.get(link, follow=True).status_code == 200


def test_asking_for_a_new_password_takes_as_long_for_an_unknown_e_mail(client, stranger):
    took = []
    for email in (stranger.user.email, "nobody@new.example"):
        began = time.monotonic()
        client.post("/auth/password/reset/", {"email": email})
        took.append(time.monotonic() - began)

    assert min(took) >= forms.RESET_AFTER


def test_own_e_mail_is_not_changed_on_the_page_of_the_library(client_of, external):
    for email in ("fresh@new.example", "fresher@new.example"):
        client_of(external).post("/auth/email/", {"email": email, "action_add": ""})

    external.user.refresh_from_db()
    assert external.user.email == "emil@alpha.example"


def test_invitation_that_waits_is_told_to_who_signs_in(client, invite, stranger):
    stranger.user.set_password("correct horse 9")
    stranger.user.save()
    member = invite(stranger.user.email)

    client.post("/auth/login/", {"login": stranger.user.email, "password": "correct horse 9"})
    page = client.get("/projects/", follow=True).content.decode()
    client.post(ACCEPT)

    member.refresh_from_db()
    assert ("You are invited to an account." in page, member.state) == (True, "active")


def test_invitation_that_was_revoked_is_told_no_more(client, invite, stranger, owner):
    stranger.user.set_password("correct horse 9")
    stranger.user.save()
    invite(stranger.user.email)
    client.post("/auth/login/", {"login": stranger.user.email, "password": "correct horse 9"})
    Invitation.objects.all().delete()

    answers = [client.get(ACCEPT).status_code, client.get("/projects/", follow=True)]

    assert (answers[0], "You are invited" in answers[1].content.decode()) == (404, False)

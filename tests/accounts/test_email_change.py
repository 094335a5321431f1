"""A user's e-mail stands in one place; the old one opens nothing once it is changed."""

import re

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = {"password1": "correct horse 9", "password2": "correct horse 9"}
OLD, NEW = "ada@alpha.example", "ada.lovelace@alpha.example"


@pytest.fixture
def change(staff_client, api_user):
    def change(email):
        data = {"email": email, "name": "Ada", "time_zone": "UTC", "language": "", "is_active": "on"}
        return staff_client.post(f"/admin/accounts/user/{api_user.user_id}/change/", data)

    return change


def reset_link(client, mails, email):
    client.post("/auth/password/reset/", {"email": email})
    return next(iter(re.findall(r"http\S+/key/\S+", "".join(mail.body for mail in mails()))), None)


def test_reset_asked_for_before_opens_nothing_after(client, mails, change, api_user):
    link = reset_link(client, mails, OLD)
    change(NEW)

    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], PASSWORD)

    api_user.user.refresh_from_db()
    assert not api_user.user.check_password("correct horse 9")


def test_old_e_mail_signs_in_nobody_and_gets_no_reset(client, mails, change, api_user):
    EmailAddress.objects.create(user=api_user.user, email=OLD, verified=True, primary=True)
    change(NEW)
    mails().clear()

    answer = client.post("/auth/login/", {"login": OLD, "password": "correct horse 9"})

    assert answer.status_code == 200
    assert not EmailAddress.objects.filter(email=OLD).exists()
    assert reset_link(client, mails, OLD) is None


def test_both_e_mails_are_told(change, mails):
    change(NEW)

    told = [(mail.to, mail.subject) for mail in mails() if "e-mail" in mail.subject]
    assert told == [([OLD], told[0][1]), ([NEW], told[0][1])]


def test_e_mail_typed_with_capitals_signs_in(client, change, api_user):
    change("Ada.Lovelace@Alpha.example")
    user = User.objects.get(pk=api_user.user_id)
    user.set_password("correct horse 9")
    user.save()

    answer = client.post("/auth/login/", {"login": "ADA.lovelace@alpha.example", "password": "correct horse 9"})

    assert (user.email, answer.status_code) == (NEW, 302)


def test_e_mail_of_another_user_is_refused(change, owner):
    answer = change(owner.user.email.upper())

    assert list(answer.context["adminform"].form.errors) == ["email"]


def test_invitation_to_the_old_e_mail_ends(client, staff_client, invite, link_to):
    member = invite("nora@new.example")
    path = link_to("nora@new.example")
    data = {"email": "n2@new.example", "name": "Nora", "time_zone": "UTC", "language": "", "is_active": "on"}

    staff_client.post(f"/admin/accounts/user/{member.user_id}/change/", data)

    assert client.get(path, follow=True).status_code == 404
    assert User.objects.get(pk=member.user_id).email == "n2@new.example"

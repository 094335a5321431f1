"""Stories of sign-in, from outside: an e-mail that changed, staff who help, strangers who guess."""

import json
import re
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest
from playwright.sync_api import expect

MAKE = """
from accounts.models import Account, Membership, User
user = User.objects.create_user({email!r}, {password!r}, name="Story")
Membership.objects.create(account=Account.objects.order_by("pk")[0], user=user)
"""
SUPERUSER = (
    'from accounts.models import User; User.objects.create_superuser("root@story.example", "correct horse 9", name="R")'
)
LOG = """
import json
from accounts.models import AuditEntry
print(json.dumps(list(AuditEntry.objects.filter(subject__contains={email!r}).values_list("action", flat=True))))
"""
PASSWORD, NEW_PASSWORD = "correct horse 9", "another horse 10"


@pytest.fixture(scope="module")
def superuser(stack):
    stack.manage("shell", "-c", SUPERUSER)
    return ("root@story.example", PASSWORD)


@pytest.fixture
def person(stack, request):
    """Return the e-mail of somebody of the story's own."""
    email = f"{request.node.name.replace('_', '-')[:40]}@story.example"
    stack.manage("shell", "-c", MAKE.format(email=email, password=PASSWORD))
    return email


@pytest.fixture
def mails_to(stack):
    """Return the texts of the mails to somebody, which this installation prints, once there are so many."""

    def mails_to(email, number):
        for _ in range(200):
            lines = re.sub(r"(?m)^\d\d:\d\d:\d\d \w+\s*\| ?", "", (stack.directory / "log.txt").read_text())
            mails = [mail for mail in lines.split("-" * 79) if f"To: {email}\n" in mail]
            if len(mails) >= number:
                return mails
            time.sleep(0.1)
        raise AssertionError(f"{len(mails)} mails to {email}")

    return mails_to


@pytest.fixture
def open_user(page_as, stack, superuser):
    """Open a person's page in the administration."""

    def open_user(email):
        page = page_as(*superuser)
        page.goto(f"/admin/accounts/user/?q={email}")
        page.locator("#result_list tbody th a").first.click()
        return page

    return open_user


def sign_in(stack, email, password):
    """Try to sign in without a browser; return where it led."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{stack.url}/auth/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    data = urllib.parse.urlencode({"login": email, "password": password, "csrfmiddlewaretoken": token}).encode()
    return opener.open(f"{stack.url}/auth/login/", data).url


def test_old_e_mail_opens_nothing(stack, browser, person, open_user, mails_to):
    page = browser.new_context(base_url=stack.url).new_page()
    page.goto("/auth/password/reset/")
    page.locator("[name=email]").fill(person)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/password/reset/done/")
    link = re.search(r"http\S+/key/\S+", mails_to(person, 1)[-1])[0]

    staff = open_user(person)
    staff.locator("#id_email").fill(f"NEW-{person}")
    staff.locator("[name=_save]").click()
    expect(staff.locator(".messagelist .success")).to_be_visible()
    page.goto(urllib.parse.urlsplit(link).path)

    assert page.locator("[name=password1]").count() == 0
    assert sign_in(stack, person, PASSWORD).endswith("/auth/login/")
    assert "/projects/" in sign_in(stack, f"new-{person}", PASSWORD)
    assert "no longer opens" in mails_to(person, 2)[-1]
    assert "no longer opens" in mails_to(f"new-{person}", 1)[0]


def test_staff_help_with_a_password_and_leave_a_trace(stack, person, open_user, mails_to):
    staff = open_user(person)
    assert staff.locator("[type=password]").count() == 0
    staff.get_by_role("button", name="Send a password reset").click()
    expect(staff.locator(".messagelist .success")).to_be_visible()

    mails = mails_to(person, 2)
    assert sum("/key/" in mail for mail in mails) == 1
    assert sum("Customer Success" in mail for mail in mails) == 1
    actions = json.loads(stack.manage("shell", "--verbosity=0", "-c", LOG.format(email=person)))
    assert actions == ["sign_in.reset_sent"]


def test_strangers_who_guess_lock_nobody_out(stack, page_as, person):
    inside = page_as(person, PASSWORD)
    for _ in range(6):
        sign_in(stack, person, "wrong")
    inside.goto("/auth/password/change/")
    inside.locator("[name=oldpassword]").fill(PASSWORD)
    for name in ("password1", "password2"):
        inside.locator(f"[name={name}]").fill(NEW_PASSWORD)
    inside.locator("main form button.btn-primary").click()

    expect(inside.locator(".note-success")).to_be_visible()

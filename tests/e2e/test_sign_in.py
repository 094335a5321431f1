"""Sign-in as its people and its strangers see it, in a browser: old e-mails, acts of staff, and guesses."""

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest
from playwright.sync_api import expect

PASSWORD = "correct horse 9"
MAKE = """
from accounts.models import Account, Membership, User
account = Account.objects.get(pk={account})
user = User.objects.create_user({email!r}, "correct horse 9", name="Walk Through", language="en")
Membership.objects.create(account=account, user=user)
User.objects.filter(is_superuser=True).exists() or User.objects.create_superuser(
    "root@walk.example", "correct horse 9", name="Root", language="en"
)
"""
MAILS = """
import json
from accounts.models import OutgoingMail
print(json.dumps([[mail.kind, mail.text] for mail in OutgoingMail.objects.filter(to={email!r}).order_by("pk")]))
"""
LOG = """
import json
from accounts.models import AuditEntry
entries = AuditEntry.objects.filter(subject__contains={email!r}).order_by("pk")
print(json.dumps([[entry.action, entry.via] for entry in entries]))
"""


@pytest.fixture
def person(stack):
    """Return the e-mail of somebody who was just made a member of the demo account."""
    email = f"walk-{time.time_ns()}@walk.example"
    run(stack, MAKE, account=stack.demo["customer_id"], email=email)
    return email


def run(stack, code, **values):
    return stack.manage("shell", "--verbosity=0", "-c", code.format(**values))


def read(stack, code, email):
    return json.loads(run(stack, code, email=email))


def guess(stack, email):
    """Fail to sign in, as a stranger with a browser of their own does; return the page."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = opener.open(f"{stack.url}/auth/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    data = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "login": email, "password": "wrong"}).encode()
    return opener.open(f"{stack.url}/auth/login/", data).read().decode()


def fill_sign_in(page, email):
    page.goto("/auth/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()


def open_in_admin(page, email):
    page.goto(f"/admin/accounts/user/?q={email}")
    page.locator("#result_list tbody th a").click()


def test_old_e_mail_opens_nothing_once_staff_changed_it(stack, browser, page_as, person):
    new = f"new-{person}"
    stranger = browser.new_context(base_url=stack.url).new_page()
    stranger.goto("/auth/password/reset/")
    stranger.locator("[name=email]").fill(person)
    stranger.locator("main form button").click()
    stranger.wait_for_url("**/auth/password/reset/done/")

    staff = page_as("root@walk.example", PASSWORD)
    open_in_admin(staff, person)
    staff.locator("[name=email]").fill(new.upper())
    staff.locator("[name=_save]").click()
    staff.wait_for_url("**/admin/accounts/user/?**")

    fill_sign_in(stranger, person)
    assert stranger.url.endswith("/auth/login/")
    fill_sign_in(stranger, new)
    stranger.wait_for_url(re.compile("/projects/$"))
    assert {kind for email in (person, new) for kind, _ in read(stack, MAILS, email)} >= {"email_changed"}


def test_staff_send_a_link_which_is_logged_and_told(stack, page_as, person):
    staff = page_as("root@walk.example", PASSWORD)
    open_in_admin(staff, person)
    assert staff.locator("[type=password]").count() == 0
    staff.get_by_role("button", name="Send a password reset").click()
    staff.wait_for_load_state()

    assert read(stack, LOG, person) == [["sign_in.reset_sent", "admin"]]
    kinds = [kind for kind, _ in read(stack, MAILS, person)]
    assert (len(kinds), "sign_in_changed" in kinds) == (2, True)


def test_strangers_who_guess_lock_nobody_out(stack, browser, page_as, person):
    known = page_as(person, PASSWORD)
    for _ in range(6):
        guess(stack, person)

    known.goto("/auth/sessions/")
    expect(known.get_by_text("sign-in failed").first).to_be_visible()
    known.goto("/auth/reauthenticate/?next=/settings/profile/")
    known.locator("[name=password]").fill(PASSWORD)
    known.locator("main form button").click()
    known.wait_for_url("**/settings/profile/")

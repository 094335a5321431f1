"""The conversation on PlanRadar Connect in two browsers at once, in the three languages of the product."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
QUEUE, SETTINGS = "/admin/connect/connectrequest/", "/settings/account/connect/"
AT_ONCE = """async () => {
  const form = document.querySelector('main form[method=post]');
  const send = () => fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
  return (await Promise.all([...Array(6)].map(send))).map(({ status }) => status);
}"""
WORKSPACE = "https://app.workato.example/workspace"


def findings(page):
    return [
        f"{page.url}: {found['id']}: {found['nodes'][0]['html']}"
        for found in Axe().run(page, options=RULES).response["violations"]
    ]


@pytest.fixture
def account(stack):
    """Make an account of its own, whose owner signs in in a language."""

    def account(language, mark=""):
        label = mark or language
        name, email, password = f"Account {label}", f"owner-{label}@connect.example", f"{label} horse battery"
        stack.manage("create_account", name, email, "--owner-name", f"Olga {label}")
        person = f"User.objects.get(email={email!r})"
        words = f"user = {person}; user.language = {language!r}; user.set_password({password!r}); user.save()"
        stack.manage("shell", "-c", words)
        return name, email, password

    return account


@pytest.mark.parametrize(
    ("language", "answer"), [("en", "All fields."), ("pl", "Wszystkie pola."), ("de", "Alle Felder.")]
)
def test_owner_requests_staff_asks_owner_answers_staff_approves_owner_opens(
    stack, account, page_as, page_of, language, answer
):
    name, email, password = account(language)
    owner, staff = page_as(email, password), page_of("staff")
    found = []

    owner.goto(SETTINGS)
    found += findings(owner)
    owner.locator(f"main a[href$='{SETTINGS}new/']").click()
    expect(owner.locator("html")).to_have_attribute("lang", language)
    owner.locator("[data-picker-search]").fill("sharep")
    expect(owner.locator("[data-picker-group]:visible")).to_have_count(1)
    owner.get_by_label("Microsoft SharePoint").check()
    owner.locator("main button.btn-primary").click()
    expect(owner.locator("#id_purpose_error")).to_be_visible()
    expect(owner.get_by_label("Microsoft SharePoint")).to_be_checked()
    found += findings(owner)
    owner.locator("#id_purpose").fill("Ticket → row")
    owner.locator("main button.btn-primary").click()
    expect(owner.locator(".timeline > li")).to_have_count(1)

    staff.goto(QUEUE)
    found += findings(staff)
    staff.get_by_role("link", name=name).click()
    staff.locator("form[action$='/assign/'] button").click()
    staff.locator("a[href$='/ask/act/']").click()
    staff.locator("[name=reply]").select_option(index=1)
    staff.locator("[name=insert]").click()
    staff.locator("[name=preview]").click()
    expect(staff.locator(".letter")).to_have_attribute("lang", language)
    found += findings(staff)
    question = staff.locator("[name=text]").input_value()
    staff.locator("[name=send]").click()
    expect(staff.locator(".timeline > li")).to_have_count(4)

    owner.reload()
    expect(owner.locator(".timeline .said")).to_have_text(question)
    owner.locator("[name=text]").fill(answer)
    owner.locator("main form button.btn-primary").click()
    expect(owner.locator(".timeline > li")).to_have_count(4)
    found += findings(owner)

    staff.reload()
    expect(staff.locator(".timeline .said").last).to_have_text(answer)
    found += findings(staff)
    staff.locator("a[href$='/approve/act/']").click()
    staff.locator("[name=workspace_url]").fill(WORKSPACE)
    staff.locator("[name=preview]").click()
    expect(staff.locator(".letter")).to_contain_text(WORKSPACE)
    staff.locator("[name=send]").click()
    expect(staff.locator(".state-approved")).to_be_visible()

    owner.reload()
    expect(owner.locator(f"main a.btn-primary[href='{WORKSPACE}']")).to_be_visible()
    found += findings(owner)
    assert found == []
    assert owner.console_errors + staff.console_errors == []


def test_clicks_at_once_make_one_request(account, page_as):
    _name, email, password = account("en", "hurry")
    owner = page_as(email, password)
    owner.goto(f"{SETTINGS}new/")
    owner.get_by_label("Jira").check()
    owner.locator("#id_purpose").fill("Ticket → issue")

    assert owner.evaluate(AT_ONCE) == [200] * 6
    owner.goto(SETTINGS)
    expect(owner.locator(".timeline")).to_have_count(1)  # an earlier request would have one of its own
    expect(owner.locator(".timeline > li")).to_have_count(1)

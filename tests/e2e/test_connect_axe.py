"""WCAG 2.2 AA on the account's page and on what Customer Success uses, light and dark, wide and narrow."""

import pytest

from tests.e2e.test_connect import QUEUE, SETTINGS, WORKSPACE, findings

LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 320)]
SETTLE = "Promise.all(document.getAnimations().map((one) => one.finished))"
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def look():
    """Look at a page in every way, and keep what is wrong with it."""

    def look(page):
        for scheme, width in LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(SETTLE)
            look.found += [f"{scheme} {width} {one}" for one in findings(page)]
            if page.evaluate(OVERFLOW) > 0:
                look.found.append(f"{scheme} {width} {page.url} is wider than the window")

    look.found = []
    return look


@pytest.fixture
def decide(look):
    """Act on a request as staff does, by way of the preview where there is one."""

    def decide(page, name, text="", **values):
        page.locator(f"a[href$='/{name}/act/']").click()
        page.locator("[name=text]").fill(text)
        for field, value in values.items():
            page.locator(f"[name={field}]").fill(value)
        if page.locator("[name=preview]").count():
            page.locator("[name=preview]").click()
            page.locator(".letter").wait_for()
        look(page)
        page.locator("[name=send]").click()
        page.locator(".acts").wait_for()

    return decide


def test_axe_finds_nothing_on_the_way_to_access_and_back(page_of, look, decide):
    owner, staff = page_of("owner"), page_of("staff")
    owner.goto(SETTINGS)
    look(owner)
    owner.goto(f"{SETTINGS}new/")
    owner.locator("main button.btn-primary").click()
    owner.locator("#id_purpose_error").wait_for()
    look(owner)
    owner.get_by_label("Procore").check()
    owner.locator("#id_purpose").fill("Ticket → row " + "long" * 60)
    owner.locator("main button.btn-primary").click()
    owner.locator(".timeline").wait_for()
    look(owner)

    staff.goto(QUEUE)
    look(staff)
    staff.get_by_role("link", name="Demo Construction").click()
    staff.locator(".timeline").wait_for()
    look(staff)
    for name, text, values in [
        ("ask", "Which fields?", {}),
        ("note", "Internal", {}),
        ("approve", "", {"workspace_url": WORKSPACE}),
        ("suspend", "Not paid.", {}),
    ]:
        decide(staff, name, text, **values)
        owner.goto(SETTINGS)
        look(owner)
    look(staff)
    staff.get_by_role("link", name="History").click()
    staff.locator("#change-history").wait_for()
    look(staff)

    assert look.found == []
    assert owner.console_errors + staff.console_errors == []


def test_axe_finds_nothing_on_the_other_pages_of_staff(page_of, look, browser, stack):
    owner, staff = page_of("owner"), page_of("staff")
    owner.goto("/settings/account/api-limit/request/")
    owner.locator("[name=number]").fill("7000")
    owner.locator("[name=reason]").fill("Nightly export")
    owner.locator("main button.btn-primary").click()
    owner.get_by_text("Nightly export").wait_for()

    for address in [
        "/admin/",
        "/admin/tokens/limitrequest/",
        "/admin/connect/cannedreply/",
        "/admin/connect/cannedreply/add/",
        "/admin/connect/cannedreply/1/change/",
        "/admin/connect/cannedreply/1/delete/",
        "/admin/accounts/account/1/change/",
        "/admin/accounts/user/",
        "/admin/accounts/user/1/change/",
    ]:
        assert staff.goto(address).status == 200
        look(staff)
    staff.goto("/admin/tokens/limitrequest/")
    staff.get_by_role("link", name="Demo Construction").click()
    staff.locator("[name=decision]").first.wait_for()
    look(staff)
    visitor = browser.new_page(base_url=stack.url)
    visitor.goto("/admin/")
    look(visitor)
    visitor.close()

    assert look.found == []
    assert staff.console_errors == []

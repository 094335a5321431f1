"""The main tasks, each by keyboard alone, from the page that one sees after signing in."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.e2e.keyboard import Keyboard
from tests.e2e.site import Site


def _menu(keyboard, name):
    page = keyboard.page
    keyboard.tab_to(page.locator(".menu:not(.switch) summary"))
    keyboard.press("Enter")
    keyboard.follow(page.locator(f".menu-box a[href$='{name}']"))


def create_token(keyboard, site):
    page = keyboard.page
    _menu(keyboard, "/settings/profile/tokens/")
    keyboard.skip()
    keyboard.follow(page.locator("main a[href$='/tokens/new/']"))
    keyboard.write(page.locator("#id_name"), "Import")
    keyboard.follow(page.locator("#id_name"))
    keyboard.tab_to(page.locator("[data-copy]"))
    keyboard.press("Enter")
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == page.locator("#new-token").input_value()


def revoke_token(keyboard, site):
    page = keyboard.page
    _menu(keyboard, "/settings/profile/tokens/")
    keyboard.skip()
    keyboard.follow(page.locator("main .actions a[href$='/delete/']").first)
    keyboard.skip()
    keyboard.follow(page.locator("main .btn-danger"))
    expect(page.locator("main [role=status]")).to_contain_text("is deleted")


def give_api_access(keyboard, site):
    page = keyboard.page
    _menu(keyboard, "/users/")
    keyboard.write(page.locator("#id_q"), "Mia")
    keyboard.press("Enter")
    expect(page.locator("#found-number")).to_have_text("1 user")
    keyboard.follow(page.locator("#found a[href$='/edit/']"))
    keyboard.tab_to(page.locator("#id_has_api_access"))
    keyboard.press("Space")
    keyboard.follow(page.locator("main .btn-primary"))
    expect(page.locator("main .badge-ok")).to_contain_text("API access")


def add_webhook(keyboard, site):
    page = keyboard.page
    _menu(keyboard, "/settings/account/webhooks/")
    keyboard.skip()
    keyboard.follow(page.locator("main a[href$='/webhooks/new/']"))
    keyboard.write(page.locator("#id_description"), "ERP")
    keyboard.write(page.locator("#id_url"), "http://127.0.0.1:9/erp")
    keyboard.tab_to(page.locator("[name=events][value='ticket.created']"))
    keyboard.press("Space")
    keyboard.write(page.locator("#id_headers-0-name"), "X-Tenant")
    keyboard.write(page.locator("#id_headers-0-value"), "7")
    keyboard.follow(page.locator("#id_headers-0-value"))
    expect(page.locator("#signing-secret")).to_be_focused()


def find_failure_and_redeliver(keyboard, site):
    page, place = keyboard.page, site.place
    keyboard.follow(page.locator(".top .marked[href$='/webhooks/']"))
    keyboard.skip()
    keyboard.follow(page.locator(f"main td a[href$='/webhooks/{place['failing']}/']"))
    keyboard.skip()
    keyboard.follow(page.locator("main .banner a"))
    expect(page.locator("main .note-bad").first).to_be_visible()
    keyboard.skip()
    keyboard.follow(page.locator("main form[action$='/again/'] button"))
    expect(page.locator("main [role=status]").first).to_contain_text("on its way again")


def request_connect(keyboard, site):
    page = keyboard.page
    _menu(keyboard, "/settings/profile/")
    keyboard.follow(page.locator(".side-wide a[href$='/settings/account/connect/']"))
    keyboard.skip()
    keyboard.follow(page.locator("main a[href$='/connect/new/']"))
    keyboard.skip()
    keyboard.write(page.locator("[data-picker-search]"), "sharep")
    keyboard.tab_to(page.get_by_label("Microsoft SharePoint"))
    keyboard.press("Space")
    keyboard.write(page.locator("#id_purpose"), "A row for every ticket")
    keyboard.follow(page.locator("main .btn-primary"))
    expect(page.locator(".timeline > li")).to_have_count(1)


@dataclass(frozen=True)
class Task:
    do: Callable[[Keyboard, Site], None]
    who: str
    most_tabs: int
    peer: str  # what a good open-source peer, healthchecks, takes: Tab stops, stops without focus, page loads


TASKS = {
    "Create a token and copy it": Task(create_token, "api_user", 15, "36, 4 unseen, 2"),
    "Revoke a token": Task(revoke_token, "api_user", 15, "27, 2 unseen, 2"),
    "Give somebody API access": Task(give_api_access, "manager", 15, "46, 3 unseen, 3"),
    "Add a webhook with a header, for one event": Task(add_webhook, "owner", 28, "29, 3 unseen, 3"),
    "Find why a delivery failed, and send it again": Task(
        find_failure_and_redeliver, "owner", 20, "58, 5 unseen, 2; sending again is not possible"
    ),
    "Request Connect": Task(request_connect, "empty", 34, "has none"),
}

"""The pictures: of which page, as whom, how large, and what is done there first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

WEBHOOKS, TOKENS, USERS = "/settings/account/webhooks/", "/settings/profile/tokens/", "/users/"
QUEUE = "/admin/connect/connectrequest/"
ERP = "Defects to the ERP system"


@dataclass(frozen=True)
class Shot:
    name: str
    who: str
    path: str
    height: int
    act: Callable[[Page], object] = lambda page: None
    width: int = 1280
    is_dark: bool = False

    def take(self, page: Page) -> bytes:
        failed: list[str] = []
        page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
        page.goto(self.path)
        self.act(page)
        page.wait_for_load_state("networkidle")
        assert not failed, failed
        return page.screenshot(animations="disabled", caret="hide")


def sign_in(page: Page, person: dict[str, str]) -> None:
    page.goto("/auth/login/")
    page.locator("[name=login]").fill(person["email"])
    page.locator("[name=password]").fill(person["password"])
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile("/(projects|admin)/$"))


def _follow(*names: str) -> Callable[[Page], None]:
    """Follow links, one after another."""

    def follow(page: Page) -> None:
        for name in names:
            page.locator("main").get_by_role("link", name=name).first.click()

    return follow


def _go_to_log(page: Page) -> None:
    _follow(ERP)(page)
    page.wait_for_load_state("networkidle")
    page.locator("section[aria-labelledby=log]").evaluate("section => section.scrollIntoView()")


def _open_delivery(page: Page) -> None:
    _follow(ERP)(page)
    page.locator("#log-rows a").first.click()
    page.locator("#delivery-now").wait_for()


def _fill_webhook(page: Page) -> None:
    page.get_by_label("Description").fill("Photos to the archive")
    page.get_by_label("URL").fill("https://archive.example.com/planradar")
    page.get_by_label("ticket created").check()
    page.get_by_label("photo attached").check()
    page.locator("#preview").get_by_text("would have been sent").wait_for()


def _create_token(page: Page) -> None:
    page.get_by_label("Name").fill("Site diary")
    page.locator("main form button.btn-primary").click()
    page.locator("#new-token").evaluate("input => { input.value = 'prpat_' + '•'.repeat(40) }")
    page.locator("main").click(position={"x": 5, "y": 5})


SHOTS = [
    Shot("api-limit", "owner", "/settings/account/api-limit/", 860),
    Shot("webhook", "owner", WEBHOOKS, 1080, _follow(ERP)),
    Shot("webhook-log", "owner", WEBHOOKS, 720, _go_to_log),
    Shot("webhook-dark", "owner", WEBHOOKS, 720, _follow(ERP), is_dark=True),
    Shot("webhooks-phone", "owner", WEBHOOKS, 640, width=320),
    Shot("delivery", "owner", WEBHOOKS, 860, _open_delivery),
    Shot("webhook-new", "owner", f"{WEBHOOKS}new/", 1000, _fill_webhook),
    Shot("connect", "owner", "/settings/account/connect/", 1000),
    Shot("audit-log", "owner", "/settings/account/audit/", 900),
    Shot("user", "manager", USERS, 640, _follow("Ada Integrator")),
    Shot("user-leaves", "manager", USERS, 760, _follow("Ada Integrator", "Deactivate user")),
    Shot("token", "api_user", TOKENS, 760, _follow("ERP import")),
    Shot("tokens-phone", "api_user", TOKENS, 640, width=320),
    Shot("token-created", "api_user", f"{TOKENS}new/", 560, _create_token),
    Shot("queue", "staff", QUEUE, 480),
    Shot("review", "staff", f"{QUEUE}?state=all", 660, _follow("Demo Construction")),
]

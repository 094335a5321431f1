"""What every answer says about itself, as a server gives it out."""

import pytest

from tests.e2e.places import OWNER

CLOSED = {
    "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/auth/login/", "/settings/account/webhooks/", "/nothing/", "/users/999/"])
def test_every_page_is_closed_to_others(site, visitor, path):
    headers = visitor(OWNER).goto(path).headers

    assert {name: headers.get(name) for name in CLOSED} == CLOSED
    assert {
        part for part in headers["content-security-policy"].split("; ") if part.startswith(("default", "script"))
    } == {
        "default-src 'none'",
        "script-src 'self'",
    }
    assert all(feature.endswith("=()") for feature in headers["permissions-policy"].split(", "))
    assert len(headers["permissions-policy"].split(", ")) > 15


@pytest.mark.parametrize("path", ["/projects/", "/settings/profile/tokens/", "/users/", "/settings/account/audit/"])
def test_browser_keeps_no_page_of_who_is_signed_in(visitor, path):
    assert "no-store" in visitor(OWNER).goto(path).headers["cache-control"]


def test_way_back_shows_nothing_after_sign_out(browser, site):
    page = site.enter(browser, "member")
    page.goto("/settings/profile/")
    page.goto("/auth/logout/")
    page.locator("main form button").click()
    page.wait_for_url("**/auth/login/**")

    page.go_back()
    page.go_back()

    assert page.url.startswith(f"{site.url}/auth/login/")
    assert page.locator("#id_name").count() == 0


def test_cookies_are_for_this_site_alone(visitor):
    page = visitor(OWNER)

    cookies = {each["name"]: (each["secure"], each["httpOnly"], each["sameSite"]) for each in page.context.cookies()}
    assert cookies == {"sessionid": (True, True, "Lax"), "csrftoken": (True, False, "Lax")}


def test_page_is_not_framed_by_another(browser, site):
    page = browser.new_context().new_page()
    page.set_content(f'<iframe src="{site.url}/auth/login/"></iframe>')

    frame = page.frames[-1]
    frame.wait_for_load_state()
    assert frame.locator("[name=password]").count() == 0
    page.context.close()

"""What every answer says about itself, as a server gives it out."""

import json
import urllib.error
import urllib.request

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


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def head_of(site, path, **headers):
    """Return the status and the headers of an answer, whatever it is, to nobody."""
    opener = urllib.request.build_opener(_Unfollowed, urllib.request.HTTPSHandler(context=site.context))
    try:
        answer = opener.open(urllib.request.Request(site.url + path, headers=headers))
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 302),
        ("/projects/", {}, 302),
        ("/health/live", {}, 200),
        ("/metrics", {}, 403),
        ("/api/v1/1/projects", {}, 401),
        ("/api/nothing", {}, 404),
        ("/api/openapi.json", {}, 401),
        ("/auth/login/", {"Host": "other.example"}, 400),
    ],
)
def test_every_other_answer_is_closed_too(site, path, headers, status):
    answered, found = head_of(site, path, **headers)

    assert answered == status
    assert {name: found.get(name) for name in CLOSED} == CLOSED
    policy = dict(part.split(" ", 1) for part in found["content-security-policy"].split("; "))
    assert {policy[name] for name in ("default-src", "frame-ancestors")} == {"'none'"}


@pytest.mark.parametrize("name", ["css/app.css", "js/page.js", "favicon.svg"])
def test_files_are_closed_too(site, name):
    files = json.loads((site.directory / "static" / "staticfiles.json").read_text())["paths"]

    status, found = head_of(site, f"/static/{files[name]}")

    assert status == 200
    assert {name: found.get(name) for name in CLOSED} == CLOSED
    assert found["content-security-policy"].startswith("default-src 'none'")
    assert "access-control-allow-origin" not in found


def test_answers_of_the_api_are_kept_only_to_be_asked_about(site):
    headers = head_of(site, "/api/v1/1/projects")[1]

    assert headers["cache-control"] == "private, no-cache"
    assert {"Accept", "Authorization", "X-PlanRadar-API-Key"} <= set(headers["vary"].split(", "))


def test_scripts_and_styles_are_those_that_were_shipped(visitor):
    page = visitor(OWNER)
    page.goto("/projects/")

    assets = page.locator("script[src], link[rel=stylesheet]").evaluate_all("all => all.map(each => each.integrity)")
    assert len(assets) > 3
    assert all(integrity.startswith("sha384-") for integrity in assets)
    assert page.evaluate("getComputedStyle(document.body).fontFamily") != "Times New Roman"


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
    own = {"__Host-sessionid": (True, True, "Lax"), "__Host-csrftoken": (True, False, "Lax")}
    assert cookies == own | {"__Host-device": (True, True, "Lax")}


def test_page_is_not_framed_by_another(browser, site):
    page = browser.new_context().new_page()
    page.set_content(f'<iframe src="{site.url}/auth/login/"></iframe>')

    frame = page.frames[-1]
    frame.wait_for_load_state()
    assert frame.locator("[name=password]").count() == 0
    page.context.close()

"""What makes pages forgiving: double clicks, lost sign-ins, unsaved input, parts that are asked for anew."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def enter(site, browser):
    """Open a browser of one's own as somebody."""
    pages = []

    def enter(who, **options):
        pages.append(site.enter(browser, who, **options))
        return pages[-1]

    yield enter
    for page in pages:
        page.context.close()


def sign_in_again(page, site, who):
    page.locator("[name=login]").fill(site.demo["users"][who]["email"])
    page.locator("[name=password]").fill(site.demo["users"][who]["password"])
    page.locator("main form button.btn-primary").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_double_click_creates_one(enter, scripts):
    page = enter("api_user", java_script_enabled=scripts)
    name = f"Twice, scripts {scripts}"
    page.goto("/settings/profile/tokens/new/")
    page.locator("#id_name").fill(name)
    page.locator("main .btn-primary").dblclick()
    page.locator(".secret, main .btn-quiet").first.wait_for()
    page.goto("/settings/profile/tokens/")

    expect(page.get_by_role("link", name=name, exact=True)).to_have_count(1)


def test_expired_sign_in_returns_to_the_page(enter, site):
    page = enter("owner")
    page.context.clear_cookies()
    page.goto("/settings/account/webhooks/new/?from=mail")
    sign_in_again(page, site, "owner")

    expect(page).to_have_url(re.compile(r"/accounts/\d+/settings/account/webhooks/new/\?from=mail$"))


def test_expired_sign_in_returns_to_the_page_of_a_button(enter, site):
    page = enter("owner")
    page.goto(f"/settings/account/webhooks/{site.place['failing']}/")
    page.context.clear_cookies(name="__Host-sessionid")
    page.locator("form[action$='/test/'] button").click()
    sign_in_again(page, site, "owner")

    expect(page).to_have_url(re.compile(rf"/settings/account/webhooks/{site.place['failing']}/$"))


def test_expired_sign_in_is_told_where_a_page_keeps_itself_up_to_date(enter, site):
    page = enter("owner")
    page.goto("/settings/account/api-limit/")
    page.context.clear_cookies(name="__Host-sessionid")

    page.wait_for_url("**/auth/login/?next=/accounts/*/settings/account/api-limit/")


def test_unsaved_input_is_asked_about(enter):
    page = enter("owner")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/settings/account/webhooks/new/")
    page.locator("#id_description").press_sequentially("ERP")
    page.locator(".brand").click()
    page.wait_for_url("**/projects/")

    assert asked == ["beforeunload"]


def test_saved_input_is_not_asked_about(enter):
    page = enter("owner")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/settings/profile/")
    page.locator("#id_name").press_sequentially(" ")
    page.locator("main .btn-primary").click()
    page.locator("main [role=status]").wait_for()

    assert asked == []


def test_error_keeps_what_was_typed_but_no_secret(enter):
    page = enter("owner")
    page.goto("/settings/account/webhooks/new/")
    page.locator("#id_description").fill("ERP")
    page.locator("[name=authentication][value=basic]").check()
    page.locator("#id_basic_user").fill("erp")
    page.locator("#id_basic_password").fill("open sesame")
    page.locator("#id_headers-0-name").fill("X-Key")
    page.locator("#id_headers-0-value").fill("hide me")
    page.locator("#id_headers-0-is_hidden").check()
    page.locator("main .btn-primary").click()

    expect(page.locator(".error-summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#id_url")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_url")).to_have_attribute("aria-describedby", re.compile("id_url_error"))
    assert [page.locator(f"#id_{name}").input_value() for name in ("description", "basic_user", "headers-0-name")] == [
        "ERP",
        "erp",
        "X-Key",
    ]
    assert not {"open sesame", "hide me"} & set(re.findall('value="([^"]*)"', page.content()))


def test_enter_in_a_field_saves_rather_than_looks_back(enter):
    page = enter("owner")
    page.goto("/settings/account/webhooks/new/")
    page.locator("#id_description").press("Enter")

    expect(page.locator(".error-summary")).to_be_visible()
    assert page.url.endswith("/webhooks/new/")


def test_log_that_moves_keeps_the_focus(enter, site):
    page = enter("owner")
    page.goto(f"/settings/account/webhooks/{site.place['failing']}/")
    link = page.locator(f"#delivery-{site.place['failed']}")
    link.focus()
    for _ in range(2):
        page.wait_for_event("response", lambda answer: answer.request.headers.get("hx-request") == "true")

    expect(link).to_be_focused()


def test_delivery_that_moves_keeps_what_was_opened_and_the_focus(enter, site):
    page = enter("owner")
    page.goto(f"/settings/account/webhooks/{site.place['failing']}/deliveries/{site.place['moving']}/")
    page.locator("#attempt-3 > summary").click()
    for _ in range(2):
        page.wait_for_event("response", lambda answer: answer.request.headers.get("hx-request") == "true")
        page.wait_for_timeout(100)

    expect(page.locator("#attempt-3")).to_have_attribute("open", "")
    expect(page.locator("#attempt-3 > summary")).to_be_focused()
    expect(page.locator("#delivery-now > [role=status]")).to_have_count(1)


def test_header_row_is_added_in_place_and_has_the_focus(enter):
    page = enter("owner")
    page.goto("/settings/account/webhooks/new/")
    page.locator("[data-formset-add]").click()

    expect(page.locator("#id_headers-1-name")).to_be_focused()
    assert page.url.endswith("/new/")


def test_person_chooses_the_language_and_the_browser_only_where_they_do_not(enter):
    page = enter("external", extra_http_headers={"Accept-Language": "pl"})
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    page.goto("/settings/profile/")
    page.locator("#id_language").select_option("de")
    page.locator("main .btn-primary").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator("#id_language").select_option("")
    page.locator("main .btn-primary").click()

    expect(page.locator("html")).to_have_attribute("lang", "pl")


def test_nothing_moves_for_who_wants_it_still(enter):
    page = enter("owner", reduced_motion="reduce")
    page.goto("/settings/account/webhooks/")

    moving = "(all) => all.filter((each) => parseFloat(getComputedStyle(each).transitionDuration) > 0.01).length"
    assert page.eval_on_selector_all("body *", moving) == 0


def test_users_are_filtered_while_one_types(enter, site):
    page = enter("owner")
    page.goto("/users/")
    page.locator("#id_q").press_sequentially("marek")

    expect(page.locator("#found tbody tr")).to_have_count(1)
    expect(page.locator("#found-number")).to_have_text("1 user")
    expect(page.locator("#id_q")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/users/\?q=marek"))

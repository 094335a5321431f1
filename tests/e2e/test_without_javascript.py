"""The main tasks in a browser that runs no scripts."""

import re

import pytest
from playwright.sync_api import expect

TOKEN = re.compile("prpat_[0-9A-Za-z]{46}")


@pytest.fixture
def still(site, browser):
    """Open a browser without JavaScript as somebody."""
    pages = []

    def still(who):
        pages.append(site.enter(browser, who, java_script_enabled=False))
        return pages[-1]

    yield still
    for page in pages:
        page.context.close()


def test_token_is_created(still):
    page = still("api_user")
    page.goto("/settings/profile/tokens/new/")
    page.locator("#id_name").fill("Without scripts")
    page.locator("main .btn-primary").click()

    expect(page.locator("#new-token")).to_have_value(TOKEN)
    expect(page.locator("#new-token")).to_be_focused()
    expect(page.locator("[data-copy]")).to_be_hidden()


def test_webhook_is_added_with_two_headers_and_looked_back_for(still):
    page = still("owner")
    page.goto("/settings/account/webhooks/new/")
    page.locator("#id_description").fill("Without scripts")
    page.locator("#id_url").fill("http://127.0.0.1:9/")
    page.locator("[name=events][value='ticket.created']").check()
    page.locator("[formaction$='/preview/']").click()
    expect(page.locator("#preview")).to_contain_text("would have been sent")
    expect(page.locator("#id_description")).to_have_value("Without scripts")
    page.locator("#id_headers-0-name").fill("X-One")
    page.locator("#id_headers-0-value").fill("1")
    page.locator("main .btn-primary").click()
    page.locator("main p > a.btn").click()
    page.locator(".head-acts a[href$='/edit/']").click()
    page.locator("#id_headers-1-name").fill("X-Two")
    page.locator("#id_headers-1-value").fill("2")
    page.locator("main .btn-primary").click()

    expect(page.locator("main")).to_contain_text("X-One: 1")
    expect(page.locator("main")).to_contain_text("X-Two: 2")


def test_failure_is_found_and_sent_again(site, still):
    page = still("owner")
    page.goto("/projects/")
    page.locator(".top .marked[href$='/webhooks/']").click()
    page.locator(f"main td a[href$='/webhooks/{site.place['failing']}/']").click()
    page.locator("details:has(form.filters) > summary").click()
    page.locator("#id_status").select_option("failed")
    page.locator("form.filters button").click()
    expect(page.locator("#log-rows tbody tr")).to_have_count(1)
    page.locator("#log-rows tbody a").first.click()
    expect(page.locator("main")).to_contain_text("HTTP 500")
    page.locator("form[action$='/again/'] button").click()

    expect(page.locator("main [role=status]").first).to_contain_text("on its way again")


def test_api_access_is_given(still):
    page = still("manager")
    page.goto("/users/?q=Mia")
    page.locator("#found a[href$='/edit/']").click()
    page.locator("#id_has_api_access").set_checked(True)
    page.locator("main .btn-primary").click()

    expect(page.locator("main")).to_contain_text("The user is saved.")


def test_connect_is_requested_and_withdrawn(still):
    page = still("empty")
    page.goto("/settings/account/connect/")
    if page.locator("a[href$='/withdraw/']").count():  # by whoever came before
        page.locator("a[href$='/withdraw/']").click()
        page.locator("main .btn-danger").click()
    page.locator(".head-acts a[href$='/connect/new/']").click()
    page.get_by_label("Microsoft SharePoint").check()
    page.locator("#id_purpose").fill("A row for every ticket")
    page.locator("main .btn-primary").click()
    expect(page.locator("main [role=status]")).to_contain_text("Thank you")
    page.locator("a[href$='/withdraw/']").click()
    page.locator("main .btn-danger").click()

    expect(page.locator("main [role=status]")).to_contain_text("withdrawn")


def test_menu_signs_out(still):
    page = still("member")
    page.locator(".menu:not(.switch) summary").click()
    page.locator(".menu-box form button").click()

    expect(page).to_have_url(re.compile("/auth/login/$"))


def test_errors_stand_beside_the_field_and_have_the_focus(still):
    page = still("owner")
    page.goto("/settings/account/webhooks/new/")
    page.locator("#id_url").fill("ftp://erp.example/")
    page.locator("main .btn-primary").click()

    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("#id_url_error")).to_be_visible()
    expect(page.locator("#id_url")).to_have_value("ftp://erp.example/")

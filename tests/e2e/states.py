"""Ways into states of pages that no address leads to: errors of the server, secrets that are shown once, answers."""

from tests.e2e.site import PASSWORD


def _send(page):
    page.locator("main .btn-primary:not([data-copy])").first.click()
    page.wait_for_load_state()


def bad_request(page, site):
    page.goto("/auth/login/")
    page.evaluate("""() => {
      const form = document.querySelector('main form');
      for (let i = 0; i < 1100; i++) form.insertAdjacentHTML('beforeend', `<input type=hidden name=f${i}>`);
      form.noValidate = true;
    }""")
    _send(page)


def without_cookies(page, site):
    page.goto("/auth/password/reset/")
    page.context.clear_cookies()
    page.locator("[name=email]").fill("a@demo.example")
    _send(page)


def not_found(page, site):
    page.goto("/nothing/")


def forbidden(page, site):
    page.goto("/settings/account/webhooks/")


def token_created(page, site):
    page.goto("/settings/profile/tokens/new/")
    page.locator("#id_name").fill("Shown")
    _send(page)


def token_shown_before(page, site):
    token_created(page, site)
    page.reload()


def token_rotated(page, site):
    token_created(page, site)
    page.goto("/settings/profile/tokens/")
    page.locator("main .actions a[href$='/rotate/']").first.click()
    _send(page)


def webhook_created(page, site):
    page.goto("/settings/account/webhooks/new/")
    page.locator("#id_description").fill("Shown")
    page.locator("#id_url").fill("http://127.0.0.1:9/")
    page.locator("[name=events]").first.check()
    _send(page)


def webhook_shown_before(page, site):
    webhook_created(page, site)
    page.reload()


def secret_replaced(page, site):
    page.goto(f"/settings/account/webhooks/{site.place['failing']}/secret/")
    _send(page)


def webhook_looked_back(page, site):
    page.goto("/settings/account/webhooks/new/")
    page.locator("[name=events]").first.check()
    page.locator("[formaction$='/preview/']").click()
    page.locator("[data-formset-add]").click()
    page.get_by_text("would have been sent").or_(page.locator("#preview")).first.wait_for()


def webhook_turned_elsewhere(page, site):
    page.goto(f"/settings/account/webhooks/{site.place['failing']}/edit/")
    page.locator("#id_url").fill("http://127.0.0.1:10/")
    _send(page)


def rights_lost_with_the_kind(page, site):
    page.goto(f"/users/{site.place['long']}/edit/")
    page.locator("[name=kind][value=external]").check()
    _send(page)


def connection_checked(page, site):
    page.goto(f"/settings/account/webhooks/{site.place['failing']}/check/")
    _send(page)


def filtered_to_nothing(page, site):
    page.goto("/users/?q=nobody+of+this+name")


def log_filtered_to_nothing(page, site):
    page.goto(f"/settings/account/webhooks/{site.place['failing']}/?status=expired")


def audit_checked(page, site):
    page.goto("/settings/account/audit/?check=1")


def comment_empty(page, site):
    page.goto(f"/projects/{site.place['project']}/tickets/{site.place['ticket']}/")
    page.locator("form[action$='/comments/'] button").click()
    page.wait_for_load_state()


def menu_open(page, site):
    page.goto("/settings/profile/")
    page.locator(".menu:not(.switch) summary").click()


def second_factor_asked(page, site):
    page.context.clear_cookies()
    page.goto("/auth/login/")
    page.locator("[name=login]").fill("guarded@demo.example")
    page.locator("[name=password]").fill(PASSWORD)
    _send(page)


def server_error(page, site):
    """Sign in as somebody in whose row nonsense stands, which only a database can have put there."""
    page.context.clear_cookies()
    page.goto("/auth/login/")
    page.locator("[name=login]").fill("broken@demo.example")
    page.locator("[name=password]").fill(PASSWORD)
    _send(page)
    page.locator("[name=code]").fill("123456")
    _send(page)


def too_many_requests(page, site):
    for _ in range(8):
        page.context.clear_cookies()
        page.goto("/auth/password/reset/")
        page.locator("[name=email]").fill("often@demo.example")
        _send(page)


# What it is: who gets there, and with which status the page answers.
STATES = {
    bad_request: ("nobody", 400),
    without_cookies: ("nobody", 403),
    not_found: ("member", 404),
    forbidden: ("member", 403),
    token_created: ("owner", 200),
    token_shown_before: ("owner", 200),
    token_rotated: ("owner", 200),
    webhook_created: ("owner", 200),
    webhook_shown_before: ("owner", 200),
    secret_replaced: ("owner", 200),
    webhook_looked_back: ("owner", 200),
    webhook_turned_elsewhere: ("owner", 200),
    rights_lost_with_the_kind: ("owner", 200),
    connection_checked: ("owner", 200),
    filtered_to_nothing: ("owner", 200),
    log_filtered_to_nothing: ("owner", 200),
    audit_checked: ("owner", 200),
    comment_empty: ("member", 422),
    menu_open: ("owner", 200),
    second_factor_asked: ("nobody", 200),
    server_error: ("nobody", 500),
    too_many_requests: ("nobody", 429),
}

"""The main job, as a person and an integrator do it: click, curl, receive, look."""

import json
import re
import time
import urllib.request

from playwright.sync_api import expect
from standardwebhooks import Webhook as Verifier


def wait_for(condition, seconds=20):
    for _ in range(seconds * 10):
        if condition():
            return True
        time.sleep(0.1)
    return False


def call_api(stack, token, path, attributes):
    request = urllib.request.Request(
        f"{stack.url}/api/v2/{stack.demo['customer_id']}{path}",
        data=json.dumps({"data": {"attributes": attributes}}).encode(),
        headers={"X-PlanRadar-API-Key": token, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


def test_from_click_to_verified_delivery(stack, page_of, httpserver):
    httpserver.expect_request("/hooks", method="POST").respond_with_data("thanks")

    owner = page_of("owner")
    owner.goto("/settings/account/webhooks/")
    owner.get_by_role("link", name="Add new webhook").click()
    owner.get_by_label("Description").fill("ERP")
    owner.get_by_label("URL").fill(httpserver.url_for("/hooks").replace("localhost", "127.0.0.1"))
    owner.get_by_label("ticket created").check()
    owner.locator("input[name=authentication][value=basic]").check()
    owner.get_by_label("User name").fill("erp")
    owner.get_by_label("Password").fill("basic-hush")
    owner.locator("#id_headers-0-name").fill("X-Site")
    owner.locator("#id_headers-0-value").fill("north")
    owner.get_by_role("button", name="Add header").click()
    owner.locator("#id_headers-1-name").fill("X-Key")
    owner.locator("#id_headers-1-value").fill("header-hush")
    owner.locator("#id_headers-1-is_hidden").check()
    owner.get_by_role("button", name="Add webhook").click()
    signing_secret = owner.get_by_label("Signing secret").input_value()
    assert re.fullmatch(r"whsec_[0-9A-Za-z+/]{43}=", signing_secret)

    integrator = page_of("api_user")
    integrator.goto("/settings/profile/tokens/")
    integrator.get_by_role("link", name="Create token").click()
    integrator.get_by_label("Name").fill("ERP import")
    integrator.get_by_role("button", name="Create token").click()
    token = integrator.get_by_label("Your new token").input_value()
    integrator.reload()
    expect(integrator.get_by_role("heading", name="This token was shown already")).to_be_visible()

    attributes = {"subject": "Crack", "ticket-type-id": "1", "component-id": "1"}
    ticket = call_api(stack, token, "/projects/1/tickets", attributes)
    assert wait_for(lambda: len(httpserver.log) == 1)

    request = httpserver.log[0][0]
    event = Verifier(signing_secret).verify(request.data, dict(request.headers))
    assert event["data"]["id"] == ticket["id"]
    assert event["actor"]["token"] == "ERP import"
    assert (request.authorization.username, request.authorization.password) == ("erp", "basic-hush")
    assert (request.headers["X-Site"], request.headers["X-Key"]) == ("north", "header-hush")

    owner.goto("/settings/account/webhooks/")
    owner.get_by_role("link", name="ERP").click()
    expect(owner.locator("#log-rows").get_by_text("delivered", exact=True)).to_be_visible()
    assert "hush" not in owner.content()
    owner.get_by_role("link", name="ticket created").click()
    owner.get_by_text("Request and response").click()
    expect(owner.get_by_text("X-Site: north")).to_be_visible()
    assert "hush" not in owner.content()
    owner.get_by_role("navigation", name="You are here").get_by_role("link", name="ERP").click()
    owner.get_by_role("link", name="Edit").click()
    assert "hush" not in owner.content()
    assert owner.console_errors + integrator.console_errors == []


def test_newcomer_sees_a_verified_event_in_the_demo_inbox(stack, page_of):
    owner = page_of("owner")
    owner.goto("/settings/account/webhooks/")
    owner.get_by_role("link", name="Demo inbox").click()
    owner.get_by_role("button", name="Send test event").click()

    owner.goto("/demo/inbox/")

    for _ in range(50):
        if owner.get_by_text("webhook.test").count():
            break
        time.sleep(0.1)
        owner.get_by_role("link", name="Reload").click()
    first = owner.locator("section.card").first
    expect(first.get_by_text("signature verified")).to_be_visible()
    expect(first.get_by_text('"event": "webhook.test"')).to_be_visible()


def test_log_follows_what_happens_without_a_reload(stack, page_of):
    owner = page_of("owner")
    owner.goto("/settings/account/webhooks/")
    owner.get_by_role("link", name="Demo inbox").click()

    owner.get_by_role("button", name="Send test event").click()

    expect(owner.locator("#delivery-now").get_by_text("HTTP 200", exact=True)).to_be_visible(timeout=10_000)
    assert owner.console_errors == []


def test_choice_of_events_is_looked_back_in_place(stack, page_of):
    owner = page_of("owner")
    owner.goto("/settings/account/webhooks/new/")

    owner.get_by_label("ticket created").check()

    expect(owner.locator("#preview")).to_contain_text("events of the last 7 days would have been sent")
    assert owner.console_errors == []

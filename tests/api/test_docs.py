"""The documentation of the API, behind API access (R-T2)."""

import json
import re

import pytest

from planradar.api_docs import document
from tokens.models import PersonalAccessToken

pytestmark = pytest.mark.django_db
PAGES = ["/api/docs/", "/api/docs/try/", "/api/openapi.json"]


@pytest.mark.parametrize("page", PAGES)
def test_r_t2_documentation_needs_api_access(client_of, request, page):
    people = ["owner", "api_user", "manager", "member", "external"]

    answers = [client_of(request.getfixturevalue(name)).get(page).status_code for name in people]
    assert answers == [200, 200, 403, 403, 403]


@pytest.mark.parametrize("page", PAGES)
def test_token_opens_the_documentation_and_costs_nothing(client, api_user, token_of, page):
    secret = token_of(api_user)

    answers = [
        client.get(page, headers=headers).status_code
        for headers in (
            {"X-PlanRadar-API-Key": secret},
            {"Authorization": f"Bearer {secret}"},
            {"X-PlanRadar-API-Key": "prpat_x"},
        )
    ]
    assert answers == [200, 200, 401]
    assert PersonalAccessToken.objects.get().last_used_at is None


def test_token_opens_the_documentation_from_its_networks_alone(client, api_user):
    _, secret = PersonalAccessToken.objects.issue(membership=api_user, name="ERP", networks=["10.0.0.0/8"])
    headers = {"X-PlanRadar-API-Key": secret}

    answers = [client.get("/api/docs/", headers=headers, REMOTE_ADDR=address) for address in ("10.0.0.1", "11.0.0.1")]
    assert [answer.status_code for answer in answers] == [200, 403]


def test_nobody_signed_in_is_sent_to_sign_in_or_told_401(client):
    answers = [client.get(page) for page in PAGES]

    assert [answer.status_code for answer in answers] == [302, 302, 401]
    assert answers[0].url == "/auth/login/?next=/api/docs/"
    assert answers[2].headers["Content-Type"] == "application/problem+json"


def test_page_lists_every_operation_beside_the_text(client_of, api_user):
    page = client_of(api_user).get("/api/docs/").content.decode()
    side = page[page.index('<div class="side-wide">') : page.index('<details class="side-narrow">')]

    number = sum(len(methods) for methods in document()["paths"].values())
    assert len(set(re.findall(r'href="#([^"]+)"', side))) == number
    assert all(f'id="{anchor}"' in page for anchor in re.findall(r'href="#([^"]+)"', side))


def test_document_names_the_errors_and_limits_of_every_operation():
    for methods in document()["paths"].values():
        for operation in methods.values():
            statuses = set(operation["responses"])
            assert {"400", "429", "503"} <= statuses
            if operation.get("security"):
                assert {"401", "403", "404", "406"} <= statuses
            if "requestBody" in operation:
                assert {"413", "415", "422"} <= statuses


def test_every_reference_of_the_document_leads_somewhere():
    text = json.dumps(document())
    for target in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        place = document()
        for step in target.split("/"):
            place = place[step]


def test_page_shows_every_operation_with_its_anchor_and_sample(client_of, api_user):
    page = client_of(api_user).get("/api/docs/").content.decode()
    operations = [operation for methods in document()["paths"].values() for operation in methods.values()]

    assert [name for name in (op["operationId"] for op in operations) if f'id="{name}"' not in page] == []
    assert page.count("http://testserver/api/") >= len(operations)
    assert f"http://testserver/api/v2/{api_user.account_id}/projects" in page
    assert "{customer_id}/" not in "".join(re.findall(r"<pre.*?</pre>", page, re.DOTALL))
    assert len(re.findall(r' id="([^"]+)"', page)) == len(set(re.findall(r' id="([^"]+)"', page)))


@pytest.mark.parametrize("kind", ["token-expired", "token-read-only", "network-not-allowed", "limit-reached"])
def test_types_of_problems_are_explained(client_of, api_user, kind):
    assert f'id="{kind}"' in client_of(api_user).get("/api/docs/").content.decode()


@pytest.mark.parametrize("page", PAGES[:2])
def test_pages_keep_the_policy_of_no_inline_scripts_and_styles(client_of, api_user, page):
    answer = client_of(api_user).get(page)
    text = answer.content.decode()

    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))|<style| style=| on\w+=", text) == []


def test_description_tells_where_it_is_served(client_of, api_user):
    assert client_of(api_user).get("/api/openapi.json").json()["servers"] == [{"url": "http://testserver"}]


def test_menu_leads_to_the_documentation(client_of, api_user, member):
    pages = [client_of(person).get("/settings/profile/").content.decode() for person in (api_user, member)]

    assert ["/api/docs/" in page for page in pages] == [True, False]

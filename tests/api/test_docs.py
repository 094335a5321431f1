"""The documentation of the API, behind API access (R-T2)."""

import json
import re

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from planradar.api_docs import document
from planradar.api_examples import event_examples
from planradar.event_schemas import schema_of
from tokens.models import PersonalAccessToken
from webhooks.events import CATALOGUE
from webhooks.models import Event

pytestmark = pytest.mark.django_db
PAGES = ["/api/docs/", "/api/docs/try/", "/api/openapi.json", "/api/docs/listen.py", "/api/docs/tickets/"]


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

    assert [answer.status_code for answer in answers] == [302, 302, 401, 401, 302]
    assert answers[0].url == "/auth/login/?next=/api/docs/"
    assert answers[2].headers["Content-Type"] == "application/problem+json"


@pytest.fixture
def page_of(client_of, api_user):
    def page_of(name="", **extra):
        return client_of(api_user).get(f"/api/docs/{name}", follow=True, **extra).content.decode()

    return page_of


def test_every_group_has_a_page_that_the_side_leads_to(page_of):
    names = {operation["tags"][0] for methods in document()["paths"].values() for operation in methods.values()}
    side = page_of()

    assert [name for name in sorted(names) if f'/api/docs/{name}/"' not in side] == []


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


def test_every_operation_has_anchor_answer_and_samples(page_of, api_user):
    for methods in document()["paths"].values():
        for operation in methods.values():
            page = page_of(f"{operation['tags'][0]}/")
            start = page.index(f'id="{operation["operationId"]}"')
            part = page[start : page.index("</article>", start)]
            assert all(label in part for label in ("<summary>curl", "<summary>Python", "<summary>JavaScript"))
            assert f"http://testserver/api/v2/{api_user.account_id}/" in part or "/v2/" not in operation["operationId"]
            assert "{customer_id}/" not in "".join(re.findall(r"<pre.*?</pre>", part, re.DOTALL))


@pytest.mark.parametrize("name", ["", "tickets/", "event-catalogue/", "search/?q=ticket"])
def test_ids_of_a_page_are_its_own(page_of, name):
    ids = re.findall(r' id="([^"]+)"', page_of(name))

    assert [one for one in ids if ids.count(one) > 1] == []


def test_unknown_group_is_a_404(client_of, api_user):
    assert client_of(api_user).get("/api/docs/nothing/", follow=True).status_code == 404


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("batch delete", "attachment_batch_delete_v2"),
        ("if you POST /tickets", None),
        ("photo_attached", "event-catalogue/#ticket.photo_attached"),
        ("paging", "#paging"),
        ("load_images", "ticket_list_v2"),
    ],
)
def test_search_finds_operations_events_and_parts(page_of, query, hit):
    page = page_of(f"search/?q={query}")
    hits = page[page.index('id="found"') :]

    assert (hit in hits) if hit else ("<li>" not in hits)


def test_search_shows_what_was_typed_as_text(page_of):
    assert "<b>x" not in page_of("search/?q=<b>x")


def test_operations_are_marked_as_english_on_other_pages(page_of):
    page = page_of("tickets/", headers={"Accept-Language": "de"})

    assert 'lang="en">List tickets</a>' in page


def test_document_is_valid_openapi_3_1(client_of, api_user):
    served = client_of(api_user).get("/api/openapi.json").json()

    assert [str(error.message) for error in OpenAPIV31SpecValidator(served).iter_errors()] == []
    assert (served["openapi"][:3], set(served["webhooks"])) == ("3.1", set(CATALOGUE))


@pytest.mark.parametrize("name", CATALOGUE)
def test_example_of_an_event_fits_its_schema(page_of, name):
    jsonschema.validate(event_examples()[name], schema_of(name), cls=jsonschema.Draft202012Validator)
    assert f'id="{name}"' in page_of("event-catalogue/")


def test_real_events_fit_their_schemas(api, tickets, data_uri):
    at = f"{tickets}/{api.post(tickets, {'subject': 'x', 'assigned-to-id': None}).json()['data']['id']}"
    api.put(at, {"status-id": "ma", "notes": "Seen"})
    photo = api.post(f"{at}/attachments", {"attachment": data_uri, "attachment-name": "a.png"}).json()["data"]["id"]
    api.delete(f"{at}/attachments/{photo}")
    api.delete(at)
    api.put(api.post("v1/~/projects", {"name": "P"}).json()["data"]["id"].join(["v1/~/projects/", ""]), {"city": "Ulm"})

    assert Event.objects.count() == 8
    for event in Event.objects.all():
        jsonschema.validate(json.loads(event.body), schema_of(event.type), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "kind", ["token-expired", "token-read-only", "network-not-allowed", "limit-reached", "link-expired"]
)
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

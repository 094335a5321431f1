"""The description of the API, and whatever a client makes of it."""

from __future__ import annotations

import json
import string

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from planradar.api import api as open_api
from tests.api import contract
from tickets.models import Ticket

DESCRIPTION = json.loads(json.dumps(open_api.get_openapi_schema(path_prefix="/api/")))
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
FUZZ = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ANSWERS = {200, 201, 202, 204, 400, 403, 404, 405, 406, 409, 413, 415, 422}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["\x00", "\ud800", "ma", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted(DESCRIPTION["components"]["schemas"]["TicketCreate"]["properties"])


def resolved(schema):
    """Follow references and choices to the first schema that has properties or items."""
    while "$ref" in schema:
        schema = DESCRIPTION["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for choice in schema.get("anyOf", []):
        if {"$ref", "properties", "items"} & choice.keys():
            return resolved(choice)
    return resolved(schema["items"]) if "items" in schema else schema


def attributes_of(operation):
    """The attributes that a body may hold, with dashes."""
    content = operation.get("requestBody", {}).get("content", {})
    body = resolved(content["application/json"]["schema"]) if content else {}
    at = body.get("properties", {})
    if "tickets" in at:
        return {name.replace("_", "-") for name in resolved(at["tickets"])["properties"]}
    data = resolved(at.get("data", {})).get("properties", {})
    names = resolved(data.get("attributes", {})).get("properties", {})
    return {name.replace("_", "-") for name in names}


@pytest.mark.parametrize(("method", "path", "query", "attributes"), contract.OPERATIONS)
def test_published_operation_is_described(method, path, query, attributes):
    version, rest = path.split("/", 1)
    operation = DESCRIPTION["paths"][f"/api/{version}/{{customer_id}}/{rest}"][method.lower()]
    described = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}

    assert set(query.split()) - described - {"types"} == set()
    assert {name.replace("_", "-") for name in attributes.split()} - attributes_of(operation) == set()


def test_every_published_operation_is_known():
    assert len({(method, path) for method, path, _query, _attributes in contract.OPERATIONS}) == 72


@pytest.mark.parametrize(
    ("method", "path", "says"),
    [
        ("delete", "v1/{customer_id}/ticket_types/{ticket_type_id}", "Conflict. Tickets have this form."),
        ("post", "v2/{customer_id}/webhooks/{webhook_id}/test", "Conflict. The webhook is switched off."),
    ],
)
def test_conflicts_that_are_not_about_a_uuid_are_described(method, path, says):
    conflict = DESCRIPTION["paths"][f"/api/{path}"][method]["responses"]["409"]

    assert conflict["description"].startswith(says)
    assert list(conflict["content"]) == ["application/problem+json"]


def test_every_operation_has_a_name_of_its_own():
    names = [operation["operationId"] for path in DESCRIPTION["paths"].values() for operation in path.values()]

    assert len(names) == len(set(names))


@SCHEMA.exclude(path="/api/leaked_tokens").parametrize()
@FUZZ
def test_no_request_of_the_description_is_a_5xx(case, api, project):
    case.path_parameters |= {"customer_id": str(api.account.pk)}
    if case.path_parameters.get("project_id"):
        case.path_parameters["project_id"] = str(project.pk)
    address = case.formatted_path.removeprefix("/api/")
    body = b"" if case.body is schemathesis.core.NOT_SET else case.body
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    query = {name: str(value) for name, value in (case.query or {}).items()}

    answer = api(case.method, address, content=body, query_params=query)

    assert answer.status_code in ANSWERS, answer.content


@FUZZ
@given(attributes=st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_ticket_is_a_5xx_nor_half_written(api, tickets, attributes):
    before = Ticket.objects.count()
    answer = api.post(tickets, attributes)

    assert answer.status_code in {201, 400, 409, 422}, answer.content
    assert Ticket.objects.count() == before + (answer.status_code == 201)


@FUZZ
@given(name=st.sampled_from(["page", "sort", "search", "filter[status_id]", "last_sync_date"]), value=st.text())
def test_no_parameter_is_a_5xx(api, tickets, name, value):
    assert api.get(tickets, query_params={name: value}).status_code in {200, 400}


@FUZZ
@given(key=st.text(string.printable + "ü\x00", min_size=1))
def test_no_address_is_a_5xx(api, tickets, key):
    assert api.get(f"{tickets}/{key.replace('?', '').replace('#', '')}").status_code in {200, 404, 405}


@pytest.mark.parametrize("path", [path for method, path, _query, _names in contract.OPERATIONS if method == "GET"])
def test_description_says_how_a_list_looks(path):
    version, path = path.split("/", 1)
    operation = DESCRIPTION["paths"][f"/api/{version}/{{customer_id}}/{path}"]["get"]

    assert list(operation["responses"]["200"]["content"]) == ["application/json"]

"""The description of the API, and whatever a client makes of it."""

from __future__ import annotations

import json
import string

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from planradar.api import api as open_api
from tickets.models import Ticket

PUBLISHED = {  # paths of the published description, without a last slash
    ("v1", "projects"): {"get", "post"},
    ("v1", "projects/{project_id}"): {"get", "put"},
    ("v1", "projects/{project_id}/archive_project"): {"put"},
    ("v1", "projects/{project_id}/tickets"): {"get", "post"},
    ("v1", "projects/{project_id}/tickets/{uuid}"): {"get", "put", "delete"},
    ("v1", "projects/{project_id}/tickets/{uuid}/comment"): {"post"},
    ("v1", "users"): {"get"},
    ("v1", "users/{user_id}"): {"get"},
    ("v2", "projects"): {"get"},
    ("v2", "projects/my_projects"): {"get"},
    ("v2", "projects/{project_id}/tickets"): {"get", "post"},
    ("v2", "projects/{project_id}/tickets/{uuid}"): {"get", "put", "delete"},
    ("v2", "projects/{project_id}/tickets/{uuid}/comment"): {"post"},
    ("v2", "projects/{project_id}/tickets/{uuid}/journals"): {"get"},
    ("v2", "projects/{project_id}/tickets/{ticket_uuid}/attachments"): {"get", "post"},
    ("v2", "projects/{project_id}/tickets/{ticket_uuid}/attachments/{attachment_id}"): {"get", "put", "delete"},
    ("v2", "projects/{project_id}/tickets/{ticket_uuid}/attachments/batch_delete"): {"post"},
    ("v2", "projects/{project_id}/dms/nodes/ticket_attachments"): {"get"},
    ("v2", "projects/{project_id}/dms/nodes/ticket_attachments/{ticket_uuid}"): {"post"},
}
OURS = {  # beside them
    ("v2", "events"): {"get"},
    ("v2", "rate_limit"): {"get"},
    ("v2", "webhooks"): {"get", "post"},
    ("v2", "webhooks/{webhook_id}"): {"get", "put", "delete"},
    ("v2", "webhooks/{webhook_id}/test"): {"post"},
    ("v2", "webhooks/{webhook_id}/deliveries"): {"get"},
    ("v2", "webhooks/{webhook_id}/deliveries/{delivery_id}"): {"get"},
    ("v2", "webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"): {"post"},
    ("leaked_tokens",): {"post"},
}
DESCRIPTION = json.loads(json.dumps(open_api.get_openapi_schema(path_prefix="/api/")))
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
FUZZ = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ANSWERS = {200, 201, 204, 400, 403, 404, 405, 406, 409, 413, 415, 422}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["\x00", "\ud800", "ma", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted(DESCRIPTION["components"]["schemas"]["TicketCreate"]["properties"])


def test_description_has_the_published_operations():
    described = {
        tuple(path.removeprefix("/api/").split("/{customer_id}/")): set(methods)
        for path, methods in DESCRIPTION["paths"].items()
    }

    assert {at: described.get(at, set()) & methods for at, methods in (PUBLISHED | OURS).items()} == PUBLISHED | OURS
    assert sum(map(len, PUBLISHED.values())) == 30


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


@pytest.mark.parametrize(("version", "path"), [at for at, methods in PUBLISHED.items() if "get" in methods])
def test_description_says_how_a_list_looks(version, path):
    operation = DESCRIPTION["paths"][f"/api/{version}/{{customer_id}}/{path}"]["get"]

    assert list(operation["responses"]["200"]["content"]) == ["application/json"]

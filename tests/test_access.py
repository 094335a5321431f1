"""Who may open what: every address × every kind of person. An address that is missing here fails the test.

The columns: owner, user manager, internal user with API access, internal user without, external user, the owner of
another account, nobody signed in. An address with POST before it is not to be opened, but sent to.
"""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from accounts.actors import Actor
from tests.webhooks.conftest import happen, make_webhook  # noqa: F401
from tickets.models import Attachment
from tickets.services.tickets import create_ticket
from tokens.models import PersonalAccessToken

pytestmark = pytest.mark.django_db
PEOPLE = ["owner", "manager", "api_user", "member", "external", "stranger", None]

TABLE = """
home                                302 302 302 302 302 302 302
accounts:profile                    200 200 200 200 200 200 302
accounts:account                    200 403 403 403 403 200 302
accounts:owner_change               200 403 403 403 403 200 302
accounts:audit_list                 200 403 403 403 403 200 302
accounts:audit_export               200 403 403 403 403 200 302
POST accounts:account_switch        404 404 404 404 404 404 302
accounts:user_list                  200 200 403 403 403 200 302
accounts:user_rights                200 200 403 403 403 200 302
accounts:user_rights_export         200 200 403 403 403 200 302
accounts:user_create                200 200 403 403 403 200 302
accounts:user_detail                200 200 403 403 403 404 302
accounts:user_edit                  200 200 403 403 403 404 302
accounts:user_deactivate            200 200 403 403 403 404 302
accounts:user_reactivate            302 302 403 403 403 404 302
POST accounts:invitation_resend     404 404 403 403 403 404 302
accounts:invitation_revoke          404 404 403 403 403 404 302
accounts:invitation_accept          404 404 404 404 404 404 404
accounts:invitation_open            404 404 404 404 404 404 404
tokens:token_list                   200 403 200 403 403 200 302
tokens:token_create                 200 403 200 403 403 200 302
tokens:token_detail                 200 200 200 404 404 404 302
tokens:token_edit                   404 403 200 403 403 404 302
tokens:token_rotate                 404 403 200 403 403 404 302
tokens:token_delete                 200 200 200 404 404 404 302
tokens:account_tokens               200 403 403 403 403 200 302
tokens:limit_detail                 200 403 403 403 403 200 302
tokens:limit_meter                  200 403 403 403 403 200 302
tokens:limit_request                200 403 403 403 403 200 302
webhooks:webhook_list               200 403 403 403 403 200 302
webhooks:webhook_create             200 403 403 403 403 200 302
POST webhooks:webhook_preview       200 403 403 403 403 200 302
webhooks:webhook_detail             200 403 403 403 403 404 302
POST webhooks:webhook_edit_preview  200 403 403 403 403 404 302
webhooks:webhook_edit               200 403 403 403 403 404 302
webhooks:webhook_delete             200 403 403 403 403 404 302
POST webhooks:webhook_pause         302 403 403 403 403 404 302
webhooks:webhook_resume             302 403 403 403 403 404 302
webhooks:secret_replace             200 403 403 403 403 404 302
webhooks:webhook_recover            200 403 403 403 403 404 302
webhooks:connection_check           200 403 403 403 403 404 302
POST webhooks:test_send             302 403 403 403 403 404 302
webhooks:delivery_detail            200 403 403 403 403 404 302
POST webhooks:delivery_redeliver    302 403 403 403 403 404 302
connect:request_detail              200 403 403 403 403 200 302
connect:request_create              200 403 403 403 403 200 302
tickets:project_list                200 200 200 200 200 200 302
tickets:project_create              200 200 200 200 200 200 302
tickets:project_detail              200 200 200 200 200 404 302
tickets:project_edit                200 200 200 200 200 404 302
tickets:project_archive             200 200 200 200 200 404 302
tickets:ticket_create               200 200 200 200 200 404 302
tickets:ticket_detail               200 200 200 200 200 404 302
tickets:ticket_edit                 200 200 200 200 200 404 302
tickets:ticket_delete               200 200 200 200 200 404 302
POST tickets:comment_create         422 422 422 422 422 404 302
POST tickets:attachment_create      422 422 422 422 422 404 302
tickets:attachment_file             200 200 200 200 200 404 302
tickets:attachment_delete           200 200 200 200 200 404 302
openapi                             200 403 200 403 403 200 401
api_docs                            200 403 200 403 403 200 302
api_try                             200 403 200 403 403 200 302
health_live                         200 200 200 200 200 200 200
health_ready                        200 200 200 200 200 200 200
demo:inbox                          200 200 200 200 200 200 200
"""
ROWS = [[*line.removeprefix("POST ").split(), line.startswith("POST ")] for line in TABLE.strip().splitlines()]
ELSEWHERE = ("account_", "mfa_", "usersessions_", "admin:", "api-")  # these have tests of their own


@pytest.fixture
def things(account, owner, api_user, member, project, make_webhook, happen):  # noqa: F811
    """Make one of everything in the account; return what stands for it in addresses."""
    ticket = create_ticket(project=project, actor=Actor(member.user, via="page"), values={"subject": "Crack"})
    attachment = Attachment(ticket=ticket, name="a.pdf", kind="document", content_type="application/pdf", size=4)
    attachment.file.save("a.pdf", ContentFile(b"%PDF"), save=True)
    webhook = make_webhook()
    token, _ = PersonalAccessToken.objects.issue(membership=api_user, name="ERP")
    return {
        "accounts": {"pk": member.pk},
        "tokens": {"pk": token.pk, "token_pk": token.pk},
        "webhooks": {"pk": webhook.pk, "delivery_pk": happen(webhook).pk},
        "tickets": {
            "pk": project.pk,
            "project_pk": project.pk,
            "uuid": ticket.uuid,
            "attachment_uuid": attachment.uuid,
        },
        "invitation_open": {"secret": uuid.uuid4().hex},
    }


def patterns(resolver=None, namespace=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name and not f"{namespace}{pattern.name}".startswith(ELSEWHERE):
                yield f"{namespace}{pattern.name}"
        else:
            yield from patterns(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)


def address_of(name, things):
    """Reverse the name with those of the things that its address asks for."""
    app, _, short = name.rpartition(":")
    known = things.get(short, things.get(app, {}))
    for wanted in ([], ["secret"], ["pk"], list(known), ["project_pk"], ["project_pk", "uuid"], ["pk", "token_pk"]):
        try:
            return reverse(name, kwargs={key: known[key] for key in wanted if key in known})
        except NoReverseMatch:
            continue
    return reverse(name, kwargs={key: known[key] for key in ("project_pk", "uuid", "attachment_uuid")})


def test_every_address_is_in_the_table():
    assert set(patterns()) == {row[0] for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_who_may_open_it(row, things, client_of, request):
    name, *expected, is_post = row
    address = address_of(name, things)
    members = [person and request.getfixturevalue(person) for person in PEOPLE]

    clients = [client_of(member) for member in members]
    answers = [client.post(address) if is_post else client.get(address) for client in clients]

    assert " ".join(str(answer.status_code) for answer in answers) == " ".join(expected)

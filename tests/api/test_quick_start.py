"""The commands of the documentation, run as they are written; `listen.py`; a client made from the document."""

from __future__ import annotations

import html
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook as Verifier

from accounts.actors import Actor
from planradar.api_docs import LISTEN
from tickets import services
from tickets.models import Ticket
from webhooks.models import Webhook

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def run(tmp_path, owner, token_of):
    """Run a command as somebody who read the documentation would; return what it printed."""
    environment = {"PATH": os.environ["PATH"], "TOKEN": token_of(owner), "HOME": str(tmp_path)}

    def run(command):
        shell = command if isinstance(command, list) else ["bash", "-c", command]
        done = subprocess.run(shell, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    return run


@pytest.fixture
def listen(run, live_server, account):
    def listen(*options):
        return run([sys.executable, str(LISTEN), live_server.url, str(account.pk), "--once", *options])

    return listen


@pytest.fixture
def ticket(project, owner):
    return services.create_ticket(project=project, actor=Actor(owner.user, "page"), values={"subject": "Straße"})


def test_quick_start_works_in_three_copied_commands(client_of, owner, project, live_server, run):
    host = live_server.url.removeprefix("http://")
    page = client_of(owner).get("/api/docs/", follow=True, headers={"Host": host}).content.decode()
    commands = [html.unescape(code) for code in re.findall(r'<code class="language-sh">(.*?)</code>', page, re.DOTALL)]

    created, received, subscribed = [run(command) for command in commands]

    assert (len(commands), Ticket.objects.get().subject) == (3, "My first ticket")
    assert str(Ticket.objects.get().uuid) in created
    assert "ticket.created" in received
    assert json.loads(subscribed)["data"]["attributes"]["signing-secret"].startswith("whsec_")
    assert Webhook.objects.get().events == ["ticket.created", "ticket.updated"]


def test_listener_posts_events_signed_and_prints_the_answers(listen, ticket, httpserver: HTTPServer):
    httpserver.expect_request("/hook").respond_with_data("", status=202)

    printed = listen("--from-start", "--to", httpserver.url_for("/hook"), "--secret", SECRET)

    request, _response = httpserver.log[0]
    event = Verifier(SECRET).verify(request.data, dict(request.headers))
    assert (event["event"], event["data"]["attributes"]["subject"]) == ("ticket.created", "Straße")
    assert "202 ACCEPTED" in printed


def test_listener_begins_with_now_and_goes_on_where_it_was(listen, ticket, owner, tmp_path):
    assert "ticket.created" not in listen("--state", "place")
    first = listen("--from-start", "--state", "here")
    services.update_ticket(ticket=ticket, actor=Actor(owner.user, "page"), values={"subject": "New"})
    second = listen("--state", "here")

    assert ("ticket.created" in first, "ticket.updated" in first) == (True, False)
    assert ("ticket.created" in second, "ticket.updated" in second) == (False, True)


def test_listener_receives_the_types_it_was_told(listen, ticket):
    assert "ticket.created" not in listen("--from-start", "--types", "ticket.deleted")


def test_listener_says_why_it_was_refused(live_server, account, run):
    command = [sys.executable, str(LISTEN), live_server.url, str(account.pk), "--types", "no.such", "--once"]

    with pytest.raises(AssertionError, match=r"PlanRadar refused \(400\): There is no event of this name"):
        run([*command, "--from-start"])


def test_generated_client_calls_the_api(client_of, api_user, project, live_server, token_of, tmp_path, monkeypatch):
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(client_of(api_user).get("/api/openapi.json").json()))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(document), "--meta", "none"]
    made = tmp_path / "made_client"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # it lays its code out with ruff
    command += ["--output-path", str(made), "--fail-on-warning"]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": path, "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(tmp_path)

    def call(module, **arguments):
        client = importlib.import_module("made_client").AuthenticatedClient(
            live_server.url, token_of(api_user), prefix="", auth_header_name="X-PlanRadar-API-Key"
        )
        return importlib.import_module(f"made_client.api.{module}").sync_detailed(client=client, **arguments)

    models = importlib.import_module("made_client.models")
    body = models.DocumentTicketCreate.from_dict({"data": {"attributes": {"subject": "Generated"}}})
    at = {"customer_id": str(api_user.account_id), "project_id": str(project.pk)}

    assert call("projects.project_search_v2", customer_id=at["customer_id"]).parsed.meta.count == 1
    assert call("tickets.ticket_create_v2", body=body, **at).status_code == 201
    assert call("tickets.ticket_list_v2", **at).parsed.data[0].attributes["subject"] == "Generated"

"""Names, of whatever Unicode has, through page, mail, CSV, API and webhook: shown whole, never active, never a 500."""

import csv
import html
import io
import json
import re

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import mail
from accounts.models import OutgoingMail, Project
from lib.csv_export import safe_cell
from lib.names import clean_name
from tests.accounts.test_mail import NAMES_WITH_LINKS
from webhooks.models import Event

pytestmark = pytest.mark.django_db
STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
NASTY = ["=1+1", "x;=1+1", "<script>alert(1)</script>", "{{ 7*7 }}{% x %}", "%(name)s %s", "a\u202eb\u2066", "\u200b"]
ANY_NAME = st.text(STORABLE, min_size=1, max_size=60) | st.sampled_from([*NAMES_WITH_LINKS, *NASTY])
QUICKLY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def typed(client, owner, name):
    """Type the name as the account's, the person's and a project's; return it as it is stored."""
    for page, data in (("accounts:account", {}), ("accounts:profile", {"language": "en", "time_zone": "UTC"})):
        answer = client.post(reverse(page), {"name": name} | data, follow=True)
        assert answer.status_code == 200
    client.post(reverse("tickets:project_create"), {"name": name}, follow=True)
    owner.refresh_from_db()
    return owner.name


def page_of(client, path):
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return answer


@given(name=ANY_NAME)
@QUICKLY
def test_name_is_shown_whole_and_never_active(client_of, owner, token_of, name):
    client, known = client_of(owner), clean_name(name)
    stored = typed(client, owner, name)
    if not known:
        assert stored == owner.user.name != ""
        return

    assert stored == owner.account.name == known
    page = page_of(client, reverse("accounts:user_list")).content.decode()
    assert html.escape(known) in page
    facts = {"account": owner.account, "owner": owner, "former": owner}
    written = mail.send("ownership_received", to=owner.user, context=facts)
    assert known in written.text.replace("\u2060", "")
    assert re.findall(r"<a |<script", written.html) == []
    text = b"".join(page_of(client, reverse("accounts:user_rights_export")).streaming_content).decode("utf-8-sig")
    assert [row["Name"] for row in csv.DictReader(io.StringIO(text))] == [safe_cell(known)]
    check_api_and_webhook(client, owner, token_of(owner), known)


def check_api_and_webhook(client, owner, secret, name):
    headers = {"X-PlanRadar-API-Key": secret}
    address = f"/api/v1/{owner.account_id}/projects"
    body = json.dumps({"data": {"attributes": {"name": name}}})
    made = client.post(address, body, content_type="application/json", headers=headers)

    assert (made.status_code, made.json()["data"]["attributes"]["name"]) == (201, name)
    assert set(Project.objects.values_list("name", flat=True)) == {name}
    sent = json.loads(Event.objects.latest("pk").body)
    assert [sent[part]["name"] for part in ("account", "project", "actor")] == [name] * 3
    Project.objects.all().delete()
    OutgoingMail.objects.all().delete()

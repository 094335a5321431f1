"""How long a sign-in lasts, and the cookies that carry it."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from webhooks.models import Webhook

pytestmark = pytest.mark.django_db
PAGE = "/settings/profile/"


@pytest.fixture
def at(time_machine):
    return lambda moment: time_machine.move_to(moment, tick=False)


@pytest.fixture
def client(member, at):
    at("2026-11-02T10:00:00Z")
    client = Client()
    client.force_login(member.user)
    return client


def is_in(client):
    return not client.get(PAGE, follow=True).request["PATH_INFO"].startswith("/auth/login/")


def test_sign_in_that_nobody_uses_ends(client, at):
    at("2026-11-05T09:59:00Z")
    used = is_in(client)
    at("2026-11-08T10:00:00Z")

    assert (used, is_in(client)) == (True, False)


def test_sign_in_ends_after_its_longest_time_however_much_it_is_used(client, at):
    days = []
    for day in range(2, 18):
        at(f"2026-11-{day:02}T10:00:00Z")
        days.append(is_in(client))

    assert days == [True] * 14 + [False] * 2


def test_use_is_noted_now_and_then_alone(client, at, django_assert_max_num_queries):
    at("2026-11-02T10:04:00Z")
    client.get(PAGE)
    seen = client.session["session_seen"]
    at("2026-11-02T10:06:00Z")
    client.get(PAGE)

    assert client.session["session_seen"] - seen == 360


def test_cookies_of_an_installation_are_bound_to_its_host(tmp_path):
    names = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.DEVICE_COOKIE_NAME"
    code = f"import json; from planradar import settings; print(json.dumps([{names}]))"
    environment = os.environ | {"DEBUG": "false", "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}
    told = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)

    assert json.loads(told.stdout) == ["__Host-sessionid", "__Host-csrftoken", "__Host-device"]


@pytest.fixture
def webhook(account):
    return Webhook.objects.create(account=account, description="ERP", url="http://127.0.0.1:9/", events=[])


def test_webhooks_are_opened_and_turned_after_the_password_alone(client_of, owner, webhook):
    late = client_of(owner, seconds_ago=301)
    pages = [reverse("webhooks:webhook_create")]
    pages += [reverse(f"webhooks:{name}", args=[webhook.pk]) for name in ("webhook_edit", "secret_replace")]
    answers = [getattr(late, way)(page) for page in pages for way in ("get", "post")]

    assert ["/auth/reauthenticate/" in answer.headers.get("Location", "") for answer in answers] == [True] * 6


def test_secrets_that_were_typed_too_late_are_kept_nowhere(client_of, owner):
    late = client_of(owner, seconds_ago=301)
    secrets = {"basic_password": "s3cret-1", "bearer_token": "s3cret-2", "headers-0-value": "s3cret-3"}
    late.post(reverse("webhooks:webhook_create"), {"description": "ERP", "url": "https://erp.example/"} | secrets)

    kept = json.dumps(dict(late.session))
    assert ("erp.example" in kept, "s3cret" in kept) == (True, False)

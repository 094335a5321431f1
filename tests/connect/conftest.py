import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from connect.models import ConnectRequest

WISH = {
    "apps": ["sharepoint", "sap"],
    "other_apps": "",
    "direction": "out",
    "purpose": "When a ticket is closed, add a row.",
    "volume": "1000",
    "contact": "Olga",
    "phone": "",
    "preferred_time": "mornings",
    "language": "en",
}
CREATE = "connect:request_create"
LIST = "admin:connect_connectrequest_changelist"
WORKSPACE = "https://app.workato.example/alpha"


@pytest.fixture
def client(owner, client_of):
    return client_of(owner)


@pytest.fixture
def reviewer():
    """Make a member of Customer Success, and the client that they are signed in with."""

    def reviewer(name="stella", groups=("Customer Success",)):
        user = User.objects.create_user(f"{name}@planradar.example", name=name.title(), is_staff=True)
        user.groups.set(Group.objects.filter(name__in=groups))
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        client.user = user
        return client

    return reviewer


@pytest.fixture
def stella(reviewer):
    return reviewer()


@pytest.fixture
def connect_request(client):
    """A request that the owner has just submitted."""
    client.post(reverse(CREATE), WISH)
    return ConnectRequest.objects.get()


@pytest.fixture
def act():
    """Act on a request as a reviewer does, on the page as it is now or as it was."""

    def act(client, connect_request, name, text="", step="send", seen=None, **values):
        url = reverse("admin:connect_connectrequest_act", args=[connect_request.pk, name])
        version = connect_request.version if seen is None else seen
        return client.post(url, {"text": text, "seen": version, step: "1"} | values, follow=True)

    return act


@pytest.fixture
def state_of():
    def state_of(connect_request):
        connect_request.refresh_from_db()
        return connect_request.state

    return state_of


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def change(connect_request):
    return reverse("admin:connect_connectrequest_change", args=[connect_request.pk])

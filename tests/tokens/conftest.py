from datetime import timedelta

import pytest
from django.utils import timezone

from tokens.models import PersonalAccessToken


@pytest.fixture
def make_token():
    """Make a token on the terms given; return it with its secret."""

    def make_token(membership, name="Test", **terms):
        return PersonalAccessToken.objects.issue(membership=membership, name=name, **terms)

    return make_token


@pytest.fixture
def call(client):
    """Call the API with a secret, by default to list the projects of the token's account."""

    def call(secret, account, method="GET", address="projects", content=b"", **extra):
        headers = {"X-PlanRadar-API-Key": secret} | extra.pop("headers", {})
        path = f"/api/v2/{account.pk}/{address}"
        return client.generic(method, path, content, "application/json", headers=headers, **extra)

    return call


@pytest.fixture
def ago():
    def ago(**span):
        return timezone.now() - timedelta(**span)

    return ago

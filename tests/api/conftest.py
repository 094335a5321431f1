from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image


class Caller:
    """Software that calls the API with one token; `at` is what stands before each address."""

    def __init__(self, client, account, secret):
        self.client, self.account, self.secret = client, account, secret

    def __call__(self, method, address, body=None, **extra):
        headers = {"X-PlanRadar-API-Key": self.secret} | extra.pop("headers", {})
        content = extra.pop("content", None) or (b"" if body is None else json.dumps(body).encode())
        path = f"/api/{address.replace('~', str(self.account.pk), 1)}"
        return self.client.generic(
            method, path, content, content_type=extra.pop("content_type", "application/json"), headers=headers, **extra
        )

    def get(self, address, **extra):
        return self("GET", address, **extra)

    def post(self, address, attributes=None, **extra):
        return self("POST", address, None if attributes is None else {"data": {"attributes": attributes}}, **extra)

    def put(self, address, attributes=None, **extra):
        return self("PUT", address, {"data": {"attributes": attributes}}, **extra)

    def delete(self, address, **extra):
        return self("DELETE", address, **extra)


def faults(answer):
    """The attributes or parameters that are at fault."""
    places = [fault.get("pointer", fault.get("parameter", "")) for fault in answer.json()["errors"]]
    return list(dict.fromkeys(place.removeprefix("/data/attributes").strip("/").split("/")[0] for place in places))


@pytest.fixture
def api(client, api_user, token_of):
    return Caller(client, api_user.account, token_of(api_user))


@pytest.fixture
def tickets(project):
    """The address of the project's tickets."""
    return f"v2/~/projects/{project.pk}/tickets"


@pytest.fixture
def png():
    content = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def data_uri(png):
    return "data:image/png;base64," + base64.b64encode(png).decode()

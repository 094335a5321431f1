from __future__ import annotations

import io

import pytest
from PIL import Image

from accounts.actors import Actor
from tickets import services


@pytest.fixture
def actor(member):
    return Actor(member.user, via="page")


@pytest.fixture
def ticket(project, actor):
    return services.create_ticket(project=project, actor=actor, values={"subject": "Crack in the wall"})


@pytest.fixture
def make_image():
    def make(kind="PNG", size=(4, 3)):
        content = io.BytesIO()
        Image.new("RGB", size, "red").save(content, kind)
        return content.getvalue()

    return make

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

pytestmark = pytest.mark.django_db


@pytest.fixture
def marks_of(client_of):
    def marks_of(member):
        page = client_of(member).get(reverse("tickets:project_list"))
        return [(item.label, item.mark) for item in page.context["frame"].marked]

    return marks_of


@pytest.mark.parametrize(("days", "marks"), [(6, [("Personal access tokens", "1 expires soon")]), (8, [])])
def test_token_that_expires_within_a_week_is_marked(marks_of, api_user, make_token, days, marks):
    make_token(api_user, expires_at=timezone.now() + timedelta(days=days))

    assert marks_of(api_user) == marks


def test_token_with_a_successor_is_not_marked_unless_that_is_deleted(marks_of, api_user, make_token):
    token, _ = make_token(api_user, expires_at=timezone.now() + timedelta(days=2))
    successor, _ = token.rotate(overlap=None, expires_at=None, idempotency_key=uuid.uuid4(), now=timezone.now())

    assert marks_of(api_user) == []
    successor.revoke(by=None)
    assert marks_of(api_user) == [("Personal access tokens", "1 expires soon")]

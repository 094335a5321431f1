import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from connect.forms import AccessRequestForm
from connect.models import ConnectRequest

pytestmark = pytest.mark.django_db
WISH = {"apps": "SharePoint", "purpose": "When a ticket is closed, …", "contact": "Olga"}


@pytest.fixture
def client(owner, client_of):
    return client_of(owner)


def test_r_c1_owner_requests_access(client, owner):
    client.post(reverse("connect:request_create"), WISH)

    request = ConnectRequest.objects.get()
    assert (request.account, request.requested_by, request.state) == (owner.account, owner.user, "submitted")
    assert "SharePoint" in client.get(reverse("connect:request_detail")).content.decode()


def test_r_c1_customer_success_sees_it_in_the_admin(client):
    client.post(reverse("connect:request_create"), WISH)
    staff = User.objects.create_superuser("stella@planradar.example", name="Stella")
    admin = Client()
    admin.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = admin.get(reverse("admin:connect_connectrequest_changelist")).content.decode()

    assert "SharePoint" in page


def test_second_open_request_is_not_made(client, owner):
    client.post(reverse("connect:request_create"), WISH)
    client.post(reverse("connect:request_create"), WISH)

    assert ConnectRequest.objects.count() == 1


def test_race_of_two_clicks_makes_one_request(owner):
    forms = [AccessRequestForm(WISH), AccessRequestForm(WISH)]

    assert [form.is_valid() and form.submit(by=owner) for form in forms] == [True, False]


def test_mistake_keeps_what_was_typed(client):
    response = client.post(reverse("connect:request_create"), WISH | {"purpose": ""})

    assert response.context["form"].errors == {"purpose": ["This field is required."]}
    assert 'value="SharePoint"' in response.content.decode()


def test_markup_is_shown_as_text(client):
    client.post(reverse("connect:request_create"), WISH | {"purpose": "<script>alert(1)</script>"})

    page = client.get(reverse("connect:request_detail")).content.decode()
    assert ("<script>alert(1)" in page, "&lt;script&gt;alert(1)" in page) == (False, True)

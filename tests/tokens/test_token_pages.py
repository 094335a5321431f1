import re
import uuid

import pytest
from django.urls import reverse

from tokens.models import PersonalAccessToken

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r"prpat_[0-9A-Za-z]{46}")


@pytest.fixture
def create(api_user, client_of):
    client = client_of(api_user)

    def create(name="ERP import", once=None):
        return client.post(reverse("tokens:token_create"), {"name": name, "once": once or uuid.uuid4()})

    return create


def test_r_t6_secret_is_in_the_answer_once_and_nowhere_in_the_database(create, client_of, api_user):
    response = create()

    secret = TOKEN.search(response.content.decode())[0]
    token = PersonalAccessToken.objects.get()
    assert PersonalAccessToken.objects.with_secret(secret) == token
    assert "no-store" in response["Cache-Control"]
    assert secret not in str(token.__dict__)
    assert TOKEN.search(client_of(api_user).get(reverse("tokens:token_list")).content.decode()) is None


def test_reloading_the_answer_makes_no_second_token(create):
    once = uuid.uuid4()
    create(once=once)

    again = create(once=once)

    assert again.status_code == 200
    assert TOKEN.search(again.content.decode()) is None
    assert PersonalAccessToken.objects.count() == 1


def test_get_makes_nothing(api_user, client_of):
    client_of(api_user).get(reverse("tokens:token_create"))

    assert PersonalAccessToken.objects.count() == 0


def test_name_is_needed(create):
    response = create(name="")

    assert response.status_code == 200
    assert response.context["form"].errors == {"name": ["This field is required."]}


def test_rename_keeps_the_token(create, api_user, client_of):
    secret = TOKEN.search(create().content.decode())[0]
    token = PersonalAccessToken.objects.get()

    client_of(api_user).post(reverse("tokens:token_edit", args=[token.pk]), {"name": "SAP"})

    assert PersonalAccessToken.objects.with_secret(secret).name == "SAP"


def test_delete_ends_it_and_says_who_and_when(create, api_user, client_of):
    secret = TOKEN.search(create().content.decode())[0]
    token = PersonalAccessToken.objects.get()

    client_of(api_user).post(reverse("tokens:token_delete", args=[token.pk]))

    token.refresh_from_db()
    assert PersonalAccessToken.objects.with_secret(secret) is None
    assert (token.revoked_by, token.revoked_at is None) == (api_user.user, False)


def test_deleting_asks_first(create, api_user, client_of):
    create()
    token = PersonalAccessToken.objects.get()

    client_of(api_user).get(reverse("tokens:token_delete", args=[token.pk]))

    token.refresh_from_db()
    assert token.revoked_at is None


@pytest.mark.parametrize("page", ["tokens:token_edit", "tokens:token_delete"])
def test_others_tokens_are_not_there(create, owner, client_of, page):
    create()
    address = reverse(page, args=[PersonalAccessToken.objects.get().pk])

    assert client_of(owner).get(address).status_code == 404


@pytest.mark.parametrize("tokens", [1, 30])
def test_list_takes_a_fixed_number_of_queries(api_user, client_of, token_of, django_assert_num_queries, tokens):
    for _ in range(tokens):
        token_of(api_user)
    client = client_of(api_user)

    with django_assert_num_queries(4):
        client.get(reverse("tokens:token_list"))

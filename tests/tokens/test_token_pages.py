import re
import uuid

import pytest
from django.db.models import ProtectedError
from django.urls import reverse

from accounts.models import User
from tokens.lookup import with_secret
from tokens.models import PersonalAccessToken

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r"prpat_[0-9A-Za-z]{46}")


@pytest.fixture
def create(api_user, client_of):
    client = client_of(api_user)

    def create(name="ERP import", idempotency_key=None, **values):
        filled_in = {
            "name": name,
            "idempotency_key": idempotency_key or uuid.uuid4(),
            "life": "90",
            "access": "write",
        } | values
        return client.post(reverse("tokens:token_create"), filled_in)

    return create


def test_r_t6_secret_is_in_the_answer_once_and_nowhere_in_the_database(create, client_of, api_user):
    response = create()

    secret = TOKEN.search(response.content.decode())[0]
    token = PersonalAccessToken.objects.get()
    assert with_secret(secret) == token
    assert "no-store" in response["Cache-Control"]
    assert secret not in str(token.__dict__)
    assert TOKEN.search(client_of(api_user).get(reverse("tokens:token_list")).content.decode()) is None


def test_reloading_the_answer_makes_no_second_token(create):
    idempotency_key = uuid.uuid4()
    create(idempotency_key=idempotency_key)

    again = create(idempotency_key=idempotency_key)

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

    assert with_secret(secret).name == "SAP"


def test_delete_ends_it_and_says_who_and_when(create, api_user, client_of):
    secret = TOKEN.search(create().content.decode())[0]
    token = PersonalAccessToken.objects.get()

    client_of(api_user).post(reverse("tokens:token_delete", args=[token.pk]))

    token.refresh_from_db()
    assert with_secret(secret) == token
    assert token.state == "revoked"
    assert (token.revoked_by, token.revoked_at is None) == (api_user.user, False)


def test_deleting_asks_first(create, api_user, client_of):
    create()
    token = PersonalAccessToken.objects.get()

    client_of(api_user).get(reverse("tokens:token_delete", args=[token.pk]))

    token.refresh_from_db()
    assert token.revoked_at is None


@pytest.mark.parametrize("page", ["tokens:token_edit", "tokens:token_rotate"])
def test_others_tokens_are_not_there(create, owner, client_of, page):
    create()
    address = reverse(page, args=[PersonalAccessToken.objects.get().pk])

    assert client_of(owner).get(address).status_code == 404


@pytest.mark.parametrize(
    ("who", "page", "status"),
    [
        ("owner", "detail", 200),
        ("manager", "detail", 200),
        ("member", "detail", 404),
        ("external", "detail", 404),
        ("stranger", "detail", 404),
        ("owner", "delete", 200),
        ("manager", "delete", 200),
        ("member", "delete", 404),
        ("stranger", "delete", 404),
    ],
)
def test_who_may_open_a_users_token(create, client_of, request, who, page, status):
    create()
    address = reverse(f"tokens:token_{page}", args=[PersonalAccessToken.objects.get().pk])

    assert client_of(request.getfixturevalue(who)).get(address).status_code == status


def test_r_u3_owners_token_is_seen_but_not_deleted_by_a_manager(manager, owner, client_of, make_token):
    token, _ = make_token(owner)
    address = reverse("tokens:token_delete", args=[token.pk])

    assert client_of(manager).get(reverse("tokens:token_detail", args=[token.pk])).status_code == 200
    assert client_of(manager).post(address).status_code == 403
    token.refresh_from_db()
    assert token.is_live
    assert client_of(owner).post(address).status_code == 302


def test_r_u3_owners_tokens_survive_a_cascade(owner, make_token):
    make_token(owner)

    with pytest.raises(ProtectedError):
        owner.user.delete()
    with pytest.raises(ProtectedError):
        owner.delete()
    assert PersonalAccessToken.objects.count() == 1


def test_r_u3_admin_deletes_no_token(owner, make_token, client):
    token, _ = make_token(owner)
    client.force_login(User.objects.create_superuser("root@example.com", "x", name="Root"))

    assert (
        client.post(reverse("admin:tokens_personalaccesstoken_delete", args=[token.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert PersonalAccessToken.objects.count() == 1


@pytest.mark.parametrize("tokens", [1, 1000])
def test_list_takes_a_fixed_number_of_queries(api_user, client_of, django_assert_num_queries, tokens):
    PersonalAccessToken.objects.bulk_create(
        PersonalAccessToken(
            membership=api_user, name=f"T{n}", digest=f"d{n}", hint="abcd", idempotency_key=uuid.uuid4()
        )
        for n in range(tokens)
    )
    client = client_of(api_user)

    with django_assert_num_queries(6):
        answer = client.get(reverse("tokens:token_list"))
    assert len(answer.context["tokens"]) == min(tokens, 50)


@pytest.mark.parametrize("page", ["tokens:token_list", "tokens:token_create"])
def test_r_t2_token_pages_need_api_access(client_of, request, page):
    people = ["owner", "api_user", "manager", "member", "external", "stranger"]

    answers = [client_of(request.getfixturevalue(name)).get(reverse(page)).status_code for name in people]
    assert answers == [200, 200, 403, 403, 403, 200]
    assert client_of(None).get(reverse(page)).status_code == 302


def test_r_t3_tokens_stand_under_settings_profile(api_user, client_of):
    assert reverse("tokens:token_list") == "/settings/profile/tokens/"
    assert reverse("tokens:token_list") in client_of(api_user).get(reverse("accounts:profile")).content.decode()


def test_r_t4_page_warns_never_to_share(api_user, client_of):
    page = client_of(api_user).get(reverse("tokens:token_list")).content.decode()

    assert "Never share a token. Anyone who has it can act on your behalf." in page

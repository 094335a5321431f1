"""The address says which account a page and a form are about; nothing is switched behind anybody's back."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import addresses
from accounts.models import Membership
from tests.conftest import AccountClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_both(owner, stranger, client_of):
    """The owner of Alpha, who also owns nothing but belongs to Beta; their browser types addresses as they are."""
    Membership.objects.create(account=stranger.account, user=owner.user, can_manage_users=True)
    client = client_of(owner)
    client.account_id = None
    return client


def name_of(response):
    return response.context["frame"].account.name


def test_form_acts_on_the_account_that_it_was_opened_in(in_both, account, stranger):
    address = addresses.of(account.pk, reverse("accounts:account"))
    form = in_both.get(address)
    in_both.get(addresses.of(stranger.account_id, "/projects/"))

    in_both.post(form.wsgi_request.path, {"name": "Alpha 2", "initial-name": "Alpha"})

    account.refresh_from_db()
    stranger.account.refresh_from_db()
    assert (account.name, stranger.account.name) == ("Alpha 2", "Beta")


def test_form_without_an_account_is_refused_to_who_has_several(in_both, account):
    answer = in_both.post(reverse("accounts:account"), {"name": "Gamma"})

    assert answer.status_code == 409
    assert addresses.of(account.pk, reverse("accounts:account")) in answer.content.decode()


def test_form_without_an_account_goes_to_the_one_there_is(client_of, owner, account):
    client = client_of(owner)
    client.account_id = None
    page = reverse("accounts:account")

    answer = client.post(page, {"name": "Gamma"})

    assert (answer.status_code, answer.headers["Location"]) == (307, addresses.of(account.pk, page))


def test_bare_address_leads_to_the_account_used_last(in_both, account, stranger):
    in_both.get(addresses.of(stranger.account_id, "/projects/"))

    answer = in_both.get("/users/?kind=internal")

    assert (answer.status_code, answer.url) == (302, f"/accounts/{stranger.account_id}/users/?kind=internal")


def test_sign_in_opens_the_account_used_last(in_both, owner, stranger, client_of):
    in_both.get(addresses.of(stranger.account_id, "/projects/"))
    elsewhere = client_of(owner)
    elsewhere.account_id = None

    assert name_of(elsewhere.get("/", follow=True)) == "Beta"


@pytest.mark.parametrize("path", ["/projects/?account={}", "/?account={}"])
def test_query_switches_nothing(in_both, account, stranger, path):
    in_both.get(addresses.of(account.pk, "/projects/"))

    assert name_of(in_both.get(path.format(stranger.account_id), follow=True)) == "Alpha"


@pytest.mark.parametrize("number", ["999999", "999999999999999999", "9999999999999999999", "0", "01", "x"])
def test_account_that_is_not_theirs_is_not_found(in_both, number):
    assert in_both.get(f"/accounts/{number}/projects/").status_code == 404


def test_member_who_left_is_led_to_their_other_accounts(in_both, owner, account, stranger):
    Membership.objects.filter(account=stranger.account, user=owner.user).update(is_active=False)

    answer = in_both.post(addresses.of(stranger.account_id, "/projects/new/"), {"name": "Tower"})

    assert answer.status_code == 404
    assert addresses.of(account.pk, "/projects/") in answer.content.decode()


def test_links_of_a_page_stay_in_its_account(in_both, account, stranger):
    page = in_both.get(addresses.of(stranger.account_id, "/users/")).content.decode()

    assert f'href="/accounts/{stranger.account_id}/settings/profile/' in page
    assert f"/accounts/{account.pk}/settings" not in page


def test_redirect_after_a_form_stays_in_its_account(in_both, account, stranger):
    in_both.get(addresses.of(stranger.account_id, "/projects/"))

    answer = in_both.post(addresses.of(account.pk, "/projects/new/"), {"name": "Tower"})

    assert answer.url.startswith(f"/accounts/{account.pk}/projects/")


@pytest.mark.parametrize("path", ["/admin/", "/api/v1/1/projects?page=2", "/health/live", "/demo/inbox/"])
def test_what_belongs_to_no_account_has_one_address(in_both, account, path):
    assert in_both.get(f"/accounts/{account.pk}{path}").url == path


def test_visitor_is_led_back_to_the_address_after_the_sign_in(account):
    answer = Client().get(f"/accounts/{account.pk}/users/?page=2")

    assert answer.url == f"/auth/login/?next=/accounts/{account.pk}/users/%3Fpage%3D2"


def test_address_with_two_accounts_is_none(in_both, account):
    assert in_both.get(f"/accounts/{account.pk}/accounts/{account.pk}/users/", follow=True).status_code == 200
    assert isinstance(in_both, AccountClient)

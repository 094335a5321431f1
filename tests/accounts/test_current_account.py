import pytest
from django.urls import reverse

from accounts.middleware import SESSION_KEY
from accounts.models import Membership

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("named", ["0", "x", ""])
def test_link_to_an_account_of_others_keeps_the_chosen_one(client_of, owner, stranger, named):
    Membership.objects.create(account=stranger.account, user=owner.user)
    client = client_of(owner)
    client.post(reverse("accounts:account_switch"), {"account": stranger.account.pk})

    page = client.get(reverse("accounts:profile"), {"account": named})

    assert page.context["frame"].account == stranger.account
    assert client.session[SESSION_KEY] == stranger.account.pk

import pytest
from django.urls import reverse

from accounts.models import User
from tests.connect.conftest import LIST, change, text_of

pytestmark = pytest.mark.django_db


def test_staff_of_no_group_is_told_who_can_help(reviewer):
    gus = reviewer("gus", groups=())
    pages = [gus.get(address) for address in ("/admin/", reverse(LIST))]

    assert [page.status_code for page in pages] == [200, 403]
    assert ["The operator of this installation can add you" in text_of(page) for page in pages] == [True, True]


@pytest.mark.parametrize("groups", [(), ("Customer Success",)])
def test_group_alone_opens_the_queue(connect_request, reviewer, act, groups, state_of):
    one = reviewer("gus", groups)
    statuses = [one.get(reverse(LIST)).status_code, one.get(change(connect_request)).status_code]
    statuses.append(act(one, connect_request, "decline", "No.").status_code)

    assert statuses == ([200, 200, 200] if groups else [403, 403, 403])
    assert state_of(connect_request) == ("declined" if groups else "submitted")


def test_group_holds_exactly_what_it_needs(stella):
    assert stella.user.get_all_permissions() == {
        "accounts.view_account",
        "accounts.view_membership",
        "accounts.view_user",
        "connect.add_cannedreply",
        "connect.change_cannedreply",
        "connect.change_connectrequest",
        "connect.delete_cannedreply",
        "connect.view_cannedreply",
        "connect.view_connectrequest",
        "tokens.change_limitrequest",
        "tokens.view_limitrequest",
    }


def test_staff_reaches_nothing_that_is_not_theirs(stella, owner):
    admin_pages = ["tokens_personalaccesstoken", "webhooks_webhook", "auth_group"]
    statuses = [stella.get(reverse(f"admin:{name}_changelist")).status_code for name in admin_pages]
    user = reverse("admin:accounts_user_change", args=[owner.user.pk])
    page = stella.get(user)
    statuses.append(stella.post(user, {"name": "X", "is_superuser": "on"}).status_code)

    assert statuses == [403, 403, 403, 403]
    assert owner.user.password not in text_of(page)
    assert not User.objects.filter(is_superuser=True).exists()

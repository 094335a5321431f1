"""An account has exactly one active owner, whoever tries what at once."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.http import urlencode

from accounts.members import services
from accounts.models import Account, AuditEntry, Membership
from accounts.profile.forms import AccountForm

pytestmark = pytest.mark.django_db
URL = reverse("accounts:owner_change")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one at a time anyway")


def test_owner_hands_the_account_over(client_of, account, owner, member, mails):
    answer = client_of(owner).post(URL, {"email": "MIA@alpha.example"})

    account.refresh_from_db()
    owner.refresh_from_db()
    assert (answer.status_code, account.owner) == (302, member)
    assert (owner.has_api_access, owner.can_manage_users, owner.is_active) == (True, True, True)
    assert sorted(message.to[0] for message in mails()) == [member.user.email, owner.user.email]
    assert AuditEntry.objects.get().action == "account.owner_changed"


def test_former_owner_opens_the_account_no_more(client_of, owner, member):
    client = client_of(owner)
    client.post(URL, {"email": member.user.email})

    assert [client.get(URL).status_code, client_of(member).get(URL).status_code] == [403, 200]


@pytest.mark.parametrize("who", ["external", "stranger", "owner", "deactivated", "invited", "nobody"])
def test_account_goes_to_no_one_but_an_active_internal_user(request, client_of, account, owner, join, invite, who):
    if who == "deactivated":
        email = join(account, "dora", is_active=False).user.email
    elif who == "invited":
        email = invite("nora@new.example").user.email
    else:
        email = "nobody@alpha.example" if who == "nobody" else request.getfixturevalue(who).user.email
    answer = client_of(owner).post(URL, {"email": email})

    account.refresh_from_db()
    assert (answer.context["form"].errors.keys(), account.owner) == ({"email"}, owner)


def test_owner_is_asked_for_the_password_again(client_of, account, owner, member):
    client = client_of(owner, seconds_ago=301)
    answers = [client.get(URL), client.post(URL, {"email": member.user.email})]

    account.refresh_from_db()
    here = f"/accounts/{account.pk}"
    target = f"{here}/auth/reauthenticate/?{urlencode({'next': here + URL})}"
    assert [answer.url for answer in answers] == [target] * 2
    assert account.owner == owner


def test_second_handover_of_a_page_that_was_open_meanwhile_is_refused(account, owner, member, manager, by):
    page = by(owner)
    services.hand_over(member, by=page)

    with pytest.raises(PermissionDenied):
        services.hand_over(manager, by=page)
    account.refresh_from_db()
    assert account.owner == member


def test_saving_the_account_leaves_a_handover_alone(rf, account, owner, member, by):
    request = rf.post("/")
    request.user, request.membership, request.account = owner.user, owner, Account.objects.get(pk=account.pk)
    form = AccountForm({"name": "Alpha 2"}, instance=request.account)
    services.hand_over(member, by=by(owner))

    form.is_valid()
    form.save_noted(request)

    account.refresh_from_db()
    assert (account.name, account.owner) == ("Alpha 2", member)


def test_membership_of_the_owner_is_not_deleted(owner):
    with pytest.raises(IntegrityError):
        owner.delete()


@on_postgresql
@pytest.mark.parametrize("change", [{"is_active": False}, {"kind": "external"}, {"joined_at": None}])
def test_database_keeps_the_owner_able(owner, change):
    with pytest.raises(IntegrityError, match="active internal user"), transaction.atomic():
        Membership.objects.filter(pk=owner.pk).update(**change)


@on_postgresql
def test_database_takes_no_owner_who_is_not_able(account, owner, external, stranger):
    for member in (external, stranger):
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.filter(pk=account.pk).update(owner=member)


def at_once(*acts):
    """Run each in a thread of its own, all at the same time; return what each raised, or None."""
    start, ends = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        start.wait()
        try:
            act()
        except PermissionDenied as error:
            ends[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ends


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_handovers_at_once_one_wins(account, owner, member, manager, by):
    page = by(owner)
    ends = at_once(lambda: services.hand_over(member, by=page), lambda: services.hand_over(manager, by=page))

    account.refresh_from_db()
    assert sorted(end is None for end in ends) == [False, True]
    assert account.owner in (member, manager)
    assert AuditEntry.objects.count() == 1


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_new_owner_is_not_deactivated_at_the_same_moment(account, owner, member, manager, by):
    page, other = by(owner), by(manager)
    at_once(lambda: services.hand_over(member, by=page), lambda: services.deactivate(member, by=other))

    account.refresh_from_db()
    assert (account.owner.is_active, account.owner.kind) == (True, "internal")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_manager_who_loses_the_right_at_the_same_moment_does_not_break_anything(account, owner, manager, member, by):
    page, other = by(owner), by(manager)
    at_once(
        lambda: services.change(manager, by=page, values={"can_manage_users": False}),
        lambda: services.deactivate(owner, by=other),
        lambda: services.change(manager, by=other, values={"has_api_access": True}),
    )

    owner.refresh_from_db()
    manager.refresh_from_db()
    assert (owner.is_active, manager.has_api_access, manager.can_manage_users) == (True, False, False)


def test_form_sent_twice_is_answered(client_of, account, owner, member):
    client = client_of(owner)

    answers = [client.post(URL, {"email": member.user.email}, follow=True) for _ in range(2)]

    account.refresh_from_db()
    assert ([answer.status_code for answer in answers], account.owner) == ([200, 200], member)
    assert "is the account owner already" in answers[1].content.decode()

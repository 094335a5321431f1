"""The fixed cast: an owner, a manager, an API user, a member, an external user, and a stranger of another account."""

import os
import shutil

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Account, Membership, Project, User
from tokens.models import PersonalAccessToken


def pytest_unconfigure():
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)


@pytest.fixture(autouse=True)
def _uploads_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def join(db):
    """Add a new user to an account."""

    def join(account, name, **rights):
        user = User.objects.create_user(f"{name}@{account.name.lower()}.example", name=name.title(), time_zone="UTC")
        return Membership.objects.create(account=account, user=user, **rights)

    return join


@pytest.fixture
def found(join):
    """Make an account with its owner."""

    def found(name):
        account = Account.objects.create(name=name, api_rate_limit=10_000)
        account.owner = join(account, "olga")
        account.save()
        return account

    return found


@pytest.fixture
def account(found):
    return found("Alpha")


@pytest.fixture
def owner(account):
    return account.owner


@pytest.fixture
def manager(account, join):
    return join(account, "marek", can_manage_users=True)


@pytest.fixture
def api_user(account, join):
    return join(account, "ada", has_api_access=True)


@pytest.fixture
def member(account, join):
    return join(account, "mia")


@pytest.fixture
def external(account, join):
    return join(account, "emil", kind=Membership.Kind.EXTERNAL)


@pytest.fixture
def stranger(found):
    return found("Beta").owner


@pytest.fixture
def project(account):
    return Project.objects.create(account=account, name="Tower")


@pytest.fixture
def client_of():
    """Sign a member in, or nobody."""

    def client_of(membership):
        client = Client()
        if membership is not None:
            client.force_login(membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return client_of


@pytest.fixture
def token_of():
    """Make a token for a member; return its secret."""

    def token_of(membership, name="Test"):
        return PersonalAccessToken.objects.issue(membership=membership, name=name)[1]

    return token_of

"""The fixed cast: an owner, a manager, an API user, a member, an external user, and a stranger of another account."""

import os
import shutil
import time
import uuid
from importlib import import_module

import hypothesis
import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck

from accounts import addresses
from accounts.models import Account, Membership, Project, User
from tokens import emails
from tokens.models import PersonalAccessToken
from tokens.rate_limit import limits
from tokens.rate_limit.sliding_window import KEYS

schema = import_module("accounts.migrations.0001_initial")

# How long a machine takes to make an example says nothing of the code.
hypothesis.settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("any machine")


@receiver(post_migrate, sender=apps.get_app_config("sessions"), weak=False)  # the last app that has tables
def _write_again_what_migrations_wrote(**kwargs):
    """A transactional test ends with a flush, and others may come after it: workers take each other's tests."""
    group, is_new = Group.objects.get_or_create(name="Customer Success")
    if not is_new:
        return
    for app in ("connect", "tokens"):
        for label, names in import_module(f"{app}.migrations.0001_initial").PERMISSIONS.items():
            group.permissions.add(*Permission.objects.filter(content_type__app_label=label, codename__in=names))
    import_module("connect.migrations.0001_initial").make_replies(apps, None)


def pytest_unconfigure():
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)


@pytest.fixture(autouse=True)
def _uploads_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _language_of_their_own():
    """A request leaves its language active in the thread."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _audit_log_that_can_be_flushed(request):
    """A transactional test ends with a flush, which the triggers of the audit log refuse."""
    marker = request.node.get_closest_marker("django_db")
    names = {"transactional_db", "live_server", "django_db_reset_sequences"} & set(request.fixturenames)
    if not names and not (marker and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    with connection.schema_editor() as editor:
        schema.protect_audit_log(None, editor)
    yield
    with connection.schema_editor() as editor:
        schema.release_audit_log(None, editor)


@pytest.fixture(autouse=True)
def _limits_of_their_own(settings):
    """Rows of one test may have the numbers of another's, which the limits would remember."""
    settings.RATELIMIT_CACHE_PREFIX = f"rl:{uuid.uuid4()}:"
    limits.window.cache_clear()
    limits.own_window.cache_clear()
    emails._asked.clear()
    if settings.REDIS_URL:
        client = redis.Redis.from_url(settings.REDIS_URL)
        for key in client.scan_iter(f"{KEYS}*"):
            client.delete(key)


@pytest.fixture
def still(time_machine):
    """Let the clock stand still, so that no window of a limit ends while a test counts."""
    time_machine.move_to("2026-11-24T10:00:00Z", tick=False)


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


class AccountClient(Client):
    """A browser whose user types the address of a page, and is in their account."""

    account_id = None

    def generic(self, method, path, *args, **kwargs):
        if self.account_id and addresses.is_page_of_account(path):
            path = addresses.of(self.account_id, path)
        return super().generic(method, path, *args, **kwargs)


@pytest.fixture
def client_of():
    """Sign a member in, or nobody: just now, or so many seconds ago."""

    def client_of(membership, seconds_ago=0):
        client = AccountClient()
        if membership is not None:
            client.account_id = membership.account_id
            User.objects.filter(pk=membership.user_id, last_account=None).update(last_account=membership.account_id)
            client.force_login(membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
            session = client.session
            session["account_authentication_methods"] = [{"method": "password", "at": time.time() - seconds_ago}]
            session["account_authentication_methods_user"] = str(membership.user.pk)
            session.save()
        return client

    return client_of


@pytest.fixture
def dead_cache(settings):
    """A Redis that nobody answers for."""
    backend = "lib.fallback_cache.SteadyCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.fixture
def token_of():
    """Make a token for a member; return its secret."""

    def token_of(membership, name="Test"):
        return PersonalAccessToken.objects.issue(membership=membership, name=name)[1]

    return token_of

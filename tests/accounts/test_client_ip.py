"""Where a request comes from, with and without reverse proxies that are trusted."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from accounts.models import AuditEntry
from lib.client_ip import Proxies
from tests.tokens.test_auth import UNKNOWN

OURS = ["10.0.0.0/24", "2001:db8::/64"]


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ([], "10.0.0.1", "203.0.113.7", "10.0.0.1"),
        ([], "", "203.0.113.7", ""),
        ([], "fe80::1%eth0", "", "fe80::1"),
        ([], "::ffff:192.0.2.1", "", "192.0.2.1"),
        (OURS, "192.0.2.1", "203.0.113.7", "192.0.2.1"),
        (OURS, "10.0.0.1", "203.0.113.7", "203.0.113.7"),
        (OURS, "10.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (OURS, "10.0.0.1", "1.1.1.1,203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (OURS, "2001:db8::1", "2001:db8:1::7", "2001:db8:1::7"),
        (OURS, "10.0.0.1", "10.0.0.3", "10.0.0.3"),
        (OURS, "10.0.0.1", "", "10.0.0.1"),
        (OURS, "10.0.0.1", "nonsense", "10.0.0.1"),
        (OURS, "", "203.0.113.7", ""),
        (OURS, "10.0.0.1", "203.0.113.7:5555", "203.0.113.7"),
        (OURS, "10.0.0.1", "1.1.1.1:1, 203.0.113.7:5555, 10.0.0.2:80", "203.0.113.7"),
        (OURS, "10.0.0.1", "[2001:db8:1::7]:5555", "2001:db8:1::7"),
        (OURS, "10.0.0.1", "[2001:db8:1::7]", "2001:db8:1::7"),
        (OURS, "10.0.0.1", '"[2001:db8:1::7%eth0]:5555"', "2001:db8:1::7"),
        (OURS, "10.0.0.1", "[::ffff:203.0.113.7]:1", "203.0.113.7"),
        (OURS, "10.0.0.1", "[203.0.113.7:5555", "10.0.0.1"),
        (OURS, "10.0.0.1", "203.0.113.7:nonsense", "10.0.0.1"),
        (["unix"], "", "203.0.113.7", "203.0.113.7"),
        (["unix"], "10.0.0.1", "203.0.113.7", "10.0.0.1"),
    ],
)
def test_client_is_the_nearest_address_that_is_no_trusted_proxy(trusted, peer, forwarded, client):
    assert Proxies.of(trusted).client(peer, forwarded) == client


@pytest.mark.parametrize("name", ["proxy.example", "10.0.0.1/8", "1"])
def test_bad_setting_is_named_at_the_start(name):
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        Proxies.of([name])


@pytest.mark.usefixtures("still")
@pytest.mark.django_db
def test_bad_client_behind_a_proxy_does_not_use_up_the_limit_of_another(client, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    def ask(address):
        headers = {"X-PlanRadar-API-Key": UNKNOWN, "X-Forwarded-For": address}
        return client.get("/api/v2/1/projects", headers=headers).status_code

    assert [ask("203.0.113.7") for _ in range(31)] == [401] * 30 + [429]
    assert ask("203.0.113.8") == 401


@pytest.mark.django_db
def test_audit_log_names_the_address_that_the_proxy_tells(client_of, owner, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    client_of(owner).post(reverse("accounts:account"), {"name": "Gamma"}, headers={"X-Forwarded-For": "203.0.113.7"})

    assert AuditEntry.objects.get().ip == "203.0.113.7"

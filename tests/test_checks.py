"""Settings that must not run together are refused in a sentence when a process starts."""

import logging

import pytest

from planradar import checks

SERVER = {"workers": 1, "threads": 8, "addresses": ["127.0.0.1"]}


def test_sound_installation_starts(settings):
    settings.DATABASE_URL, settings.REDIS_URL = "postgres:///planradar", "redis://127.0.0.1/0"

    assert checks.refuse_to_start() is None
    assert checks.refuse_server(**SERVER | {"workers": 4, "threads": 1, "addresses": ["0.0.0.0"]}) is None


def test_any_host_needs_an_address_for_links(settings):
    settings.ALLOWED_HOSTS, settings.HAS_BASE_URL = ["*"], False

    with pytest.raises(SystemExit, match="set BASE_URL"):
        checks.refuse_to_start()


@pytest.mark.parametrize(
    ("server", "debug", "redis_url", "reason"),
    [
        ({"workers": 2}, False, "", "set REDIS_URL"),
        ({"threads": 1}, False, "", "--threads 8"),
        ({"addresses": ["0.0.0.0"]}, True, "", "DEBUG=false"),
        ({"addresses": ["127.0.0.1", "203.0.113.7"]}, True, "", "DEBUG=false"),
    ],
)
def test_server_that_does_not_fit_is_refused(settings, server, debug, redis_url, reason):
    settings.DEBUG, settings.REDIS_URL = debug, redis_url

    with pytest.raises(SystemExit, match=reason):
        checks.refuse_server(**SERVER | server)


@pytest.mark.parametrize(
    ("database_url", "redis_url", "warnings"),
    [
        ("postgres://app:secret@db.example/planradar?sslmode=verify-full", "rediss://:secret@redis.example/0", []),
        ("postgres:///planradar", "redis://localhost:6379/0", []),
        ("postgres:///planradar", "unix:///run/redis.sock", []),
        (
            "postgres://app@10.0.0.5/planradar",
            "redis://10.0.0.6/0",
            [
                "DATABASE_URL leads to another machine without a password.",
                "DATABASE_URL leads to another machine without TLS: add ?sslmode=verify-full.",
                "REDIS_URL leads to another machine without a password.",
                "REDIS_URL leads to another machine without TLS: use rediss://.",
            ],
        ),
    ],
)
def test_servers_in_clear_text_are_named(settings, caplog, database_url, redis_url, warnings):
    settings.DATABASE_URL, settings.REDIS_URL = database_url, redis_url

    with caplog.at_level(logging.WARNING, logger="planradar.checks"):
        checks.refuse_to_start()

    assert [record.getMessage() for record in caplog.records] == warnings

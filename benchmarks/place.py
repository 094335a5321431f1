"""Where benchmarks run: a database, a data directory and processor cores of their own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import psycopg
import redis
from django.core.management import call_command
from django.db import connection, connections

schema = import_module("accounts.migrations.0001_initial")


CORES = sorted(os.sched_getaffinity(0))
SENDER_CORE, RECEIVER_CORE = CORES[0], CORES[-1]
NAME = f"planradar_bench_{os.getpid()}"


@contextmanager
def own_database() -> Iterator[dict[str, str]]:
    server = os.environ.get("DATABASE_URL", "postgres:///postgres").rsplit("/", 1)[0]
    redis_url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/8")
    redis.Redis.from_url(redis_url).flushdb()
    address = server.replace("postgres:", "postgresql:", 1) + "/postgres"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {NAME}")
        try:
            with tempfile.TemporaryDirectory() as directory:
                yield {
                    "DJANGO_SETTINGS_MODULE": "planradar.settings",
                    "DATABASE_URL": f"{server}/{NAME}",
                    "REDIS_URL": redis_url,
                    "DATA_DIR": directory,
                    "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
                    **{key: os.urandom(16).hex() for key in ("SECRET_KEY", "SALT_KEYS", "AUDIT_KEYS", "TOKEN_PEPPERS")},
                }
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def migrate() -> None:
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        schema.release_audit_log(None, editor)  # they refuse what `empty` does


def empty() -> None:
    call_command("flush", verbosity=0, interactive=False)


def close() -> None:
    for each in connections.all():
        each.close()
        each.close_pool()

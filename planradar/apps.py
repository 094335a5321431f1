from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import pre_migrate

OLD_LAYOUT = ("accounts", "0002_outgoing_mail")  # a migration of the time before the first release


class PlanRadarConfig(AppConfig):
    name = "planradar"

    def ready(self) -> None:
        pre_migrate.connect(refuse_old_layout, sender=self)
        import_module("planradar.menu")


def refuse_old_layout(using: str, **kwargs: Any) -> None:
    """Stop before a database that would seem to be up to date though its tables are others."""
    if OLD_LAYOUT in MigrationRecorder(connections[using]).applied_migrations():
        raise CommandError(
            "This database was made by a version from before the first release, whose tables were laid out otherwise. "
            "Keep a copy if you need what is in it, then begin with an empty one: delete var/db.sqlite3, or name "
            "another database in DATABASE_URL."
        )

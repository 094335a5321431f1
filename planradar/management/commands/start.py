"""Starts everything on this machine: the web process, the workers and their clock, in one terminal."""

from __future__ import annotations

import os
import shlex
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from honcho.manager import Manager

HOST = "127.0.0.1"
CELERY = "-m celery --quiet -A planradar worker --pool threads --without-gossip --without-mingle --without-heartbeat"
PROCESSES = {
    "web": f"-m gunicorn planradar.wsgi --bind {HOST}:{{port}} --workers 1 --threads 8 --log-level warning",
    # Receivers that fail have a worker of their own, so that no other ever waits for one of theirs.
    "worker": f"{CELERY} --concurrency 64 --queues deliveries --hostname deliveries@%h",
    "probes": f"{CELERY} --concurrency 64 --queues probes --hostname probes@%h",
    "upkeep": f"{CELERY} --concurrency 4 --queues upkeep --hostname upkeep@%h",
    # Not within a worker, which would fork it and leave it behind when killed.
    "beat": "-m celery --quiet -A planradar beat --pidfile=",
}


class Command(BaseCommand):
    help = "Migrate, make the demo account, and start web and workers on this machine. Ctrl-C ends all of them."

    def handle(self, *args: Any, **options: Any) -> None:
        _see_that_port_is_free(settings.PORT)
        call_command("migrate", verbosity=0)
        call_command("demo")
        manager = Manager()
        for name, command in PROCESSES.items():
            line = f"{shlex.quote(sys.executable)} {command.format(port=settings.PORT)}"
            manager.add_process(name, line, env={**os.environ, "PYTHONUNBUFFERED": "1"})
        self.stdout.write(f"\nPlanRadar is at {settings.BASE_URL}/ (Ctrl-C ends it)\n")
        manager.loop()
        sys.exit(manager.returncode)


def _see_that_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken. Stop what uses it, or choose another one: PORT=8001 make run"
            ) from error

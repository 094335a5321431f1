"""Runs the benchmarks: `python -m benchmarks [name …]`. Each prints lines `name: figure`, ratios within one run.

They use a PostgreSQL database of their own, made and dropped, on the server of DATABASE_URL, and Redis.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from contextlib import suppress

import django

import benchmarks
from benchmarks import place

NOT_BENCHMARKS = {"__main__", "place", "receiver", "deliveries"}


def main() -> None:
    names = sys.argv[1:] or [
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in NOT_BENCHMARKS
    ]
    os.sched_setaffinity(0, {place.SENDER_CORE})
    with suppress(PermissionError):
        os.nice(-10)  # so that whatever else runs here disturbs less, where we may say so
    with place.own_database() as environment:
        os.environ.update(environment)
        django.setup()
        place.migrate()
        for name in names:
            place.empty()
            importlib.import_module(f"benchmarks.{name}").run()
        place.close()


if __name__ == "__main__":
    main()

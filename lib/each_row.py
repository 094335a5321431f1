"""Scheduled work on many rows, none of which ends it for the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import InterfaceError, OperationalError
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


class RowsFailedError(RuntimeError):
    """Some rows failed; they are logged, and the next run tries them again."""


def each_row(rows: Iterable[Row], act: Callable[[Row], object], logger: logging.Logger) -> None:
    """Act on each row by itself. Raise `RowsFailedError` at the end if any failed.

    `act` opens its own transaction. Where the database itself is away, the run ends at once.
    """
    failed = []
    for row in rows:
        try:
            act(row)
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            logger.exception("%s %s failed; it is tried again.", type(row).__name__, row.pk)
            failed.append(row.pk)
    if failed:
        raise RowsFailedError(f"{len(failed)} failed")

"""What has to be written together."""

from __future__ import annotations

from django.db import connection


class NotInTransactionError(RuntimeError):
    """Written outside `atomic()`, it could tell of a change that is then rolled back."""


def require_atomic(what: str) -> None:
    """Raise `NotInTransactionError`, naming what was to be written, outside a transaction."""
    if not connection.in_atomic_block:
        raise NotInTransactionError(what)

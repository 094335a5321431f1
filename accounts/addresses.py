"""Addresses that carry the account: its pages are served under `/accounts/<id>/`, as if they were mounted there.

While an account is mounted, `reverse()` and `{% url %}` begin with it, as they begin with the script name of any
application that a server mounts below its root. So a form says by its address which account it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix

MOUNTED = re.compile(r"/accounts/([1-9][0-9]{0,17})(?=/)")


def split(path: str) -> tuple[int | None, str]:
    """Return the account that the path carries, if any, and the bare path."""
    found = MOUNTED.match(path)
    return (int(found[1]), path[found.end() :]) if found else (None, path)


def of(account_id: int, path: str) -> str:
    """Return the address of a page, named by its path, in an account."""
    return f"/accounts/{account_id}{split(path)[1]}"


def is_page_of_account(path: str) -> bool:
    return path.startswith(settings.ACCOUNT_PAGES)


def may_be_mounted(path: str) -> bool:
    """Tell whether the path is served under an account: what machines call and the administration are not."""
    return not path.startswith(settings.NEVER_MOUNTED)


@contextmanager
def mounted(account_id: int | None) -> Iterator[None]:
    """Let addresses that are made inside begin with the account, or with none."""
    before = get_script_prefix()
    set_script_prefix(f"/accounts/{account_id}/" if account_id else "/")
    try:
        yield
    finally:
        set_script_prefix(before)


def bare_reverse(name: str, *args: object) -> str:
    """Return the address of what belongs to no account, such as the administration."""
    with mounted(None):
        return reverse(name, args=args)

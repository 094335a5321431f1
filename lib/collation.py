"""Names in the order and without the case that people expect, the same on SQLite and PostgreSQL.

PostgreSQL has it from ICU. SQLite knows only the letters of English, so every connection gets the collation of the
same name, and a `LIKE`, which is what `icontains` becomes, that folds all letters as PostgreSQL's `UPPER` does.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import F, OrderBy
from django.db.models.functions import Collate

ROOT = "und-x-icu"  # the order of no language in particular: Ł beside L, Ä beside A
STROKED: Mapping[int, str] = MappingProxyType(
    {ord(letter): f"{base}\u0338" for letter, base in zip("łŁøØđĐħĦŧŦ", "lLoOdDhHtT", strict=True)}
    | {ord("æ"): "ae", ord("Æ"): "AE", ord("œ"): "oe", ord("Œ"): "OE", ord("ß"): "ss"}
)
Key = tuple[list[tuple[int, str]], list[str], list[int], str]


def by_name(column: str = "name", *, descending: bool = False) -> OrderBy:
    """Order by a text as people do; those that are alike want a second column, such as the key."""
    return OrderBy(Collate(F(column), ROOT), descending=descending)


def sort_key(text: str) -> Key:
    """Return what ICU compares: letters, then accents, then capitals after small letters."""
    letters = unicodedata.normalize("NFD", text.translate(STROKED))
    bases = [letter for letter in letters if not unicodedata.combining(letter)]
    marks = ["".join(run) for run in re.findall(r"[^\u0300-\u036f]([\u0300-\u036f]*)", letters)]
    return [(_group(base), base.casefold()) for base in bases], marks, [base.isupper() for base in bases], text


def _group(letter: str) -> int:
    """Spaces stand before punctuation, then signs, digits and letters."""
    return "ZPSNL".find(unicodedata.category(letter)[0])


def compare(one: str, other: str) -> int:
    first, second = sort_key(one), sort_key(other)
    return (first > second) - (first < second)


@functools.lru_cache(256)
def _pattern(text: str, escape: str | None) -> re.Pattern[str]:
    """Read a pattern of `LIKE`."""
    parts, letters = [], iter(text.upper())
    for letter in letters:
        if letter == escape:
            parts.append(re.escape(next(letters, "")))
        else:
            parts.append({"%": ".*", "_": "."}.get(letter, re.escape(letter)))
    return re.compile("".join(parts), re.DOTALL)


def like(pattern: str | None, text: object, escape: str | None = None) -> bool | None:
    if pattern is None or text is None:
        return None
    return _pattern(str(pattern), escape).fullmatch(str(text).upper()) is not None


def teach_sqlite(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_collation(ROOT, compare)
        for arguments in (2, 3):
            connection.connection.create_function("like", arguments, like, deterministic=True)


connection_created.connect(teach_sqlite, dispatch_uid="lib.collation")

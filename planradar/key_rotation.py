"""Retiring keys: everything that is encrypted at rest is encrypted again with the newest one, a batch at a time.

Rows are read and written as they stand in the database, each on the condition that it still holds what was read:
the product stays in use, and what a person saves in between is encrypted with the newest key anyway.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models

from accounts.models import User
from lib import encrypted

BATCH = 500
Key = int | str | UUID
AUTHENTICATOR_SECRETS = ("secret", "seed")
AUTHENTICATOR_LISTS = ("migrated_codes",)


@dataclass
class Outcome:
    """What became of one column: `unreadable` values fit none of the keys in force and stay as they are."""

    name: str
    values: int = 0
    renewed: int = 0
    unreadable: int = 0


def rotate(*, is_dry: bool = False) -> Iterator[Outcome]:
    """Encrypt again whatever hangs on an old key; when `is_dry`, only count it."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, encrypted.EncryptedTextField) and field.column:
                yield _column(model, field.column, encrypted.renewed, is_dry=is_dry)
    yield _column(Authenticator, "data", _renewed_factor, is_dry=is_dry)
    yield _column(Session, "session_data", _renewed_session, is_dry=is_dry)


def _column(model: type[models.Model], column: str, renew: Callable[[str], str], *, is_dry: bool) -> Outcome:
    outcome = Outcome(f"{model._meta.label}.{column}")
    for pk, text in _rows(model, column):
        outcome.values += 1
        try:
            new = renew(text)
        except (ImproperlyConfigured, signing.BadSignature):
            outcome.unreadable += 1
            continue
        if new != text:
            outcome.renewed += 1
            if not is_dry:
                _write(model, column, pk, text, new)
    return outcome


def _names(model: type[models.Model], column: str) -> tuple[str, str, str]:
    key = str(model._meta.pk.column)
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), quote(column), quote(key)


def _rows(model: type[models.Model], column: str) -> Iterator[tuple[Key, str]]:
    """Read key and text of every row that has one, in the order of keys."""
    table, column, key = _names(model, column)
    text = f"CAST({column} AS text)"  # JSON as it stands
    query = f"SELECT {key}, {text} FROM {table} WHERE {text} <> ''"  # noqa: S608  # names of our own tables
    last: list[Key] = []
    while True:
        after = f" AND {key} > %s" if last else ""
        with connection.cursor() as cursor:
            cursor.execute(f"{query}{after} ORDER BY {key} LIMIT {BATCH}", last)
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < BATCH:
            return
        last = [rows[-1][0]]


def _write(model: type[models.Model], column: str, pk: Key, old: str, new: str) -> None:
    table, column, key = _names(model, column)
    value = "CAST(%s AS jsonb)" if model is Authenticator and connection.vendor == "postgresql" else "%s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = {value} WHERE {key} = %s AND CAST({column} AS text) = %s",  # noqa: S608
            [new, pk, old],
        )


def _renewed_factor(text: str) -> str:
    """Renew the seeds and recovery codes of a second factor; the key of a passkey is public."""
    data = json.loads(text)
    before = json.dumps(data)
    for name in AUTHENTICATOR_SECRETS:
        if data.get(name):
            data[name] = encrypted.renewed(data[name])
    for name in AUTHENTICATOR_LISTS:
        if data.get(name):
            data[name] = [encrypted.renewed(code) for code in data[name]]
    after = json.dumps(data)
    return text if after == before else after


class _AsItIs:
    def dumps(self, data: bytes) -> bytes:
        return data

    def loads(self, data: bytes) -> bytes:
        return data


def _renewed_session(text: str) -> str:
    """Renew what encrypts a session, what signs it, and what binds it to the person's password."""
    salt = SessionStore().key_salt
    data = signing.loads(text, salt=salt, serializer=_AsItIs)
    new = encrypted.renewed(data.decode()).encode()
    is_old = new != data
    try:
        signing.loads(text, salt=salt, serializer=_AsItIs, fallback_keys=[])
    except signing.BadSignature:
        is_old = True
    if not is_old:
        return text
    values = encrypted.EncryptedJsonSerializer().loads(new)
    if not isinstance(values, dict):
        raise signing.BadSignature
    user = User.objects.filter(pk=str(values["_auth_user_id"])).first() if "_auth_user_id" in values else None
    if user and str(values.get("_auth_user_hash")) in user.get_session_auth_fallback_hash():
        values["_auth_user_hash"] = user.get_session_auth_hash()
    return signing.dumps(values, salt=salt, serializer=encrypted.EncryptedJsonSerializer, compress=True)

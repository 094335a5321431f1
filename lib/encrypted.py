from __future__ import annotations

import json
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from encrypted_fields import fields


def cipher() -> MultiFernet:
    """Return the cipher of everything that is encrypted at rest: it writes with the newest key and reads with all."""
    return _cipher(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, salts=tuple(settings.SALT_KEY))


def newest_cipher() -> MultiFernet:
    return _cipher(settings.SECRET_KEY, salts=(settings.SALT_KEY[0],))


@lru_cache(maxsize=16)
def _cipher(*secrets: str, salts: tuple[str, ...]) -> MultiFernet:
    """Derive the keys once, which takes a moment. `secrets` and `salts` are what the library reads from settings."""
    made = fields.EncryptedFieldMixin()
    keys = made.keys  # of every pair in force, those of SECRET_KEY first
    per_secret = len(settings.SALT_KEY)
    chosen = [keys[row * per_secret + column] for row in range(len(secrets)) for column in range(len(salts))]
    return MultiFernet([Fernet(key) for key in chosen])


def encrypt(text: str) -> str:
    return cipher().encrypt(text.encode()).decode()


def decrypt(text: str, of: str = "A stored secret") -> str:
    """Raise `ImproperlyConfigured` where no key fits; `of` says what could not be read."""
    try:
        return cipher().decrypt(text.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured(
            f"{of} fits none of the keys in SALT_KEYS with SECRET_KEY or SECRET_KEY_FALLBACKS."
        ) from None


def renewed(text: str, of: str = "A stored secret") -> str:
    """Return `text` as it is where the newest key made it; otherwise what it holds, encrypted with that one."""
    try:
        newest_cipher().decrypt(text.encode())
    except InvalidToken:
        return encrypt(decrypt(text, of))
    return text


class EncryptedTextField(fields.EncryptedTextField, models.TextField):
    """Text that is encrypted at rest, and may be empty. Without the right key it is an error, not a value.

    The library hands out the ciphertext where no key fits; here that would send it to a receiver as a password.
    """

    @property
    def f(self) -> MultiFernet:
        return cipher()

    def get_prep_value(self, value: str | None) -> str | None:
        return super().get_prep_value(value) or ""

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> str | None:
        return decrypt(value, f"A value of {self.model._meta.label}.{self.name}") if value else value


class SecretField(EncryptedTextField):
    """The same, for columns that are null where there is no secret."""

    def get_prep_value(self, value: str | None) -> str | None:
        return super().get_prep_value(value) or None


class EncryptedJsonSerializer:
    """Of sessions: while a second factor is set up, its secret stands there."""

    def dumps(self, value: object) -> bytes:
        return cipher().encrypt(json.dumps(value, separators=(",", ":")).encode())

    def loads(self, data: bytes) -> object:
        return json.loads(cipher().decrypt(data))

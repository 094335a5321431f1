from __future__ import annotations

import json
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from encrypted_fields import fields

CIPHERTEXT_START = "gAAAAA"  # of every Fernet token: version 0x80 and the high bytes of a time stamp


class SecretField(fields.EncryptedTextField):
    """Text that is encrypted at rest. Without the right key it is an error, not a value.

    The library hands out the ciphertext where no key fits; here that would send it to a receiver as a password.
    """

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> str | None:
        text = super().from_db_value(value, expression, connection)
        if value and text == value and value.startswith(CIPHERTEXT_START):
            raise ImproperlyConfigured("A stored secret fits none of the keys in SECRET_KEY and SALT_KEYS.")
        return text


@cache
def cipher() -> Fernet | MultiFernet:
    """Return the cipher of the encrypted fields, whose keys take a moment to derive."""
    return fields.EncryptedTextField().f


def encrypt(text: str) -> str:
    return cipher().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """Raise `ImproperlyConfigured` where no key fits."""
    try:
        return cipher().decrypt(text.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured("A stored secret fits none of the keys in SECRET_KEY and SALT_KEYS.") from None


class EncryptedJsonSerializer:
    """Of sessions: while a second factor is set up, its secret stands there."""

    def dumps(self, value: object) -> bytes:
        return cipher().encrypt(json.dumps(value, separators=(",", ":")).encode())

    def loads(self, data: bytes) -> object:
        return json.loads(cipher().decrypt(data))


class EncryptedTextField(fields.EncryptedTextField, models.TextField):
    """Text that is encrypted at rest, and may be empty."""

    def get_prep_value(self, value: str | None) -> str:
        return super().get_prep_value(value) or ""

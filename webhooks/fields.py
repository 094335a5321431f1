from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from encrypted_fields.fields import EncryptedTextField

CIPHERTEXT_START = "gAAAAA"  # of every Fernet token: version 0x80 and the high bytes of a time stamp


class SecretField(EncryptedTextField):
    """Text that is encrypted at rest. Without the right key it is an error, not a value.

    The library hands out the ciphertext where no key fits; here that would send it to a receiver as a password.
    """

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> str | None:
        text = super().from_db_value(value, expression, connection)
        if value and text == value and value.startswith(CIPHERTEXT_START):
            raise ImproperlyConfigured("A stored secret fits none of the keys in SECRET_KEY and SALT_KEYS.")
        return text


class DayField(forms.DateField):
    """A day, of those that events can have happened on."""

    def __init__(self, **kwargs: Any) -> None:
        bounds = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31))]
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}), validators=bounds, **kwargs)


class MomentField(forms.DateTimeField):
    """A date and time in the person's time zone, of those at which events can have happened."""

    def __init__(self, **kwargs: Any) -> None:
        bounds = [
            MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
            MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC)),
        ]
        super().__init__(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), validators=bounds, **kwargs)

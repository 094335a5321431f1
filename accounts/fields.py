from __future__ import annotations

from django.db import models
from encrypted_fields.fields import EncryptedTextField


class EncryptedText(EncryptedTextField, models.TextField):
    """Text that is encrypted at rest, and may be empty."""

    def get_prep_value(self, value: str | None) -> str:
        return super().get_prep_value(value) or ""

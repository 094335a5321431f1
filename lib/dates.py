from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator


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

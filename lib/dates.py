from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DateInput(forms.DateInput):
    """The browser's calendar, which reads ISO 8601 whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day of this century: none of another can have been recorded, and the ends of the calendar have no midnight."""

    widget = DateInput

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and value.year not in range(2000, 2100):
            raise forms.ValidationError(_("Enter a year between 2000 and 2099."))


def midnight(day: date) -> datetime:
    """Return when the day begins in the person's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


class MomentField(forms.DateTimeField):
    """A date and time in the person's time zone, of those at which events can have happened."""

    def __init__(self, **kwargs: Any) -> None:
        bounds = [
            MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
            MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC)),
        ]
        super().__init__(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), validators=bounds, **kwargs)

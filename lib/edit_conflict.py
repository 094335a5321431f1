"""Forms that were opened before another person changed the same thing."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _


class EditConflictMixin(forms.BaseForm):
    """Mixin: says what has changed since instead of overwriting it; saving again overwrites it knowingly.

    The fields in `conflict_fields` carry the value with which the form was opened (Django's hidden initial value).
    Those that the person did not change take the new value over.
    """

    conflict_fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self, forms.ModelForm) and self.instance.pk is None:
            self.conflict_fields = ()  # what is new has nobody else
        for field in self._watched():
            field.field.show_hidden_initial = True

    def full_clean(self) -> None:
        super().full_clean()
        if any(field.html_initial_name in self.data for field in self._watched()):
            for field in self._watched():
                self._compare(field)

    def _watched(self) -> list[forms.BoundField]:
        return [self[name] for name in self.conflict_fields if name in self.fields]

    def _compare(self, bound: forms.BoundField) -> None:
        field, now, typed = bound.field, bound.initial, bound.data
        was = field.hidden_widget().value_from_datadict(self.data, self.files, bound.html_initial_name)
        self._put(bound.html_initial_name, field.prepare_value(now))
        if not field.has_changed(now, was):
            return
        if not field.has_changed(was, typed):
            self._put(bound.html_name, field.prepare_value(now))
            self.add_error(
                bound.name, _("Someone else has changed this; this is the new value. Save again to confirm.")
            )
        elif field.has_changed(now, typed):
            message = _("Someone else has changed this to “%(value)s”. Save again to overwrite it.")
            self.add_error(bound.name, message % {"value": _shown(field.prepare_value(now))})

    def _put(self, key: str, value: Any) -> None:  # noqa: ANN401, whatever a field takes
        data = cast(QueryDict, self.data).copy()
        values = value if isinstance(value, list) else [] if value is None or value is False else [value]
        data.setlist(key, [str(each) for each in values])
        self.data = data


def _shown(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)

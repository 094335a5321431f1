"""Names that people give: one line, without characters that nobody sees or that turn the text beside them round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models

LINE_BREAKS_AND_SPACES = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
# Marks and overrides of direction, fillers, and what takes no room. Joiners stay: emoji and Persian need them.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007f]+)|[\U000e0000-\U000e007f]+")  # flags are spelt with them


def without_invisible(text: str) -> str:
    """Leave out what nobody sees; line breaks stay."""
    return TAGS.sub(r"\1", INVISIBLE.sub("", CONTROLS.sub("", text)))


def clean_name(text: str) -> str:
    return LINE_BREAKS_AND_SPACES.sub(" ", without_invisible(text)).strip()


class NameField(models.CharField):
    """A name, cleaned on every way in: forms, the API, the administration and code."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs  # to the database it is one

    def to_python(self, value: Any) -> Any:  # noqa: ANN401, as the base class
        return clean_name(value) if isinstance(value, str) and "\0" not in value else super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:  # noqa: ANN401, as the base class
        value = super().get_prep_value(value)
        return clean_name(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ANN401, as the base class
        setattr(model_instance, self.attname, self.get_prep_value(getattr(model_instance, self.attname)))
        return super().pre_save(model_instance, add)


class NameFormField(forms.CharField):
    """For forms without a model: what nobody sees is no name."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401, as the base class
        text = super().to_python(value) or ""
        return text if "\0" in text else clean_name(text)

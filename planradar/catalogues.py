"""How Babel finds the strings of templates: `make messages` brings `locale/` up to date with them and with the code."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import IO, Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize


def templates(file: IO[bytes], *how: Any, **options: Any) -> Iterable[object]:
    """Find the strings of a template, as Babel's own extractor finds those of Python."""
    code = f"({templatize(file.read().decode())})"  # between brackets no indentation of a template matters
    return extract_python(BytesIO(code.encode()), *how, **options)

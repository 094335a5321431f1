"""CSV for spreadsheets: in UTF-8 that they recognise, and without cells that they would compute."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language

FORMULA_STARTS = "=+\\-@\uff1d\uff0b\uff0d\uff20"  # and their wide forms
# Where a cell begins: at the start, and, for a spreadsheet that separates cells by something else, after that.
CELL_START = re.compile(rf"(^|[;,|])(?=[\s\"']*[{FORMULA_STARTS}])")
BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
SEPARATORS = {"en": ","}  # where decimals have a comma, Excel separates cells by semicolons
BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets take UTF-8 for something else


class Writer(Protocol):
    def writerow(self, row: Iterable[Any], /) -> Any: ...  # noqa: ANN401, what the file's `write` returns


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe_cell(value: object) -> str:
    """Return text on one line that no spreadsheet takes for a formula."""
    return CELL_START.sub(r"\1'", BREAKS.sub(" ", "" if value is None else str(value)))


def csv_response(name: str, head: Iterable[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Answer with a file that is written row by row, however many there are, for the spreadsheet of the language."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL, delimiter=SEPARATORS.get(get_language() or "en", ";"))
    response = StreamingHttpResponse(_lines(writer, head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.now():%Y-%m-%d}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(writer: Writer, head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield BYTE_ORDER_MARK + writer.writerow([safe_cell(cell) for cell in head])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])

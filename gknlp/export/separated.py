"""Tables as CSV for people with Excel: UTF-8 with a byte order mark, and no text that a spreadsheet would execute."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gknlp.export.files import whole_at_end

if TYPE_CHECKING:
    import pyarrow as pa

# What a spreadsheet takes for a formula, full-width signs included; a plain signed number is none.
_FORMULA = re.compile("'*[ \u3000]*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
Plain = str | int | float | bool | None


def write_csv(batches: Iterable[pa.RecordBatch], names: list[str], path: Path) -> None:
    """Write one table. Null is an empty field; truth values are 1 and 0; whole numbers have no decimals."""
    with whole_at_end(path) as partial, partial.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(names)
        for batch in batches:
            columns = [column.to_pylist() for column in batch.columns]
            writer.writerows([_field(value) for value in row] for row in zip(*columns, strict=True))


def _field(value: Plain) -> Plain:
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def guarded(text: str) -> str:
    """Return a text with an apostrophe before it where a spreadsheet would take it for a formula.

    >>> guarded("=1+1"), guarded("-25"), guarded("text")
    ("'=1+1", '-25', 'text')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return the text that :func:`guarded` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text

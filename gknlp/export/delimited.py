"""CSV that no spreadsheet takes for formulas, as UTF-8 with a byte order mark so that Chinese text is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from gknlp.export.separated import guarded

ENCODING = "utf-8-sig"

Value = str | int | float | bool | None


def inert(value: Value) -> Value:
    """Return a value that no spreadsheet takes for a formula: a text that may be one gets an apostrophe before it.

    >>> inert("=1+1"), inert(-3), inert("-3")
    ("'=1+1", -3, '-3')
    """
    return guarded(value) if isinstance(value, str) else value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return a table as CSV, without a header when it is empty; an unknown value is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if header:
        writer.writerow(header)
    for row in rows:
        writer.writerow([inert(value) for value in row])
    return out.getvalue()

"""CSV that no spreadsheet takes for formulas, as UTF-8 with a byte order mark so that Chinese text is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

ENCODING = "utf-8-sig"
_FORMULA = frozenset("=+-@\t\r")  # what a formula may begin with (OWASP, CSV injection)

Value = str | int | float | bool | None


def inert(value: Value) -> Value:
    """Return a value that no spreadsheet takes for a formula: a text that may be one gets an apostrophe before it.

    >>> inert("=1+1"), inert(-3), inert("-3")
    ("'=1+1", -3, "'-3")
    """
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return a table as CSV; an unknown value is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([inert(value) for value in row])
    return out.getvalue()

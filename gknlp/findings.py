"""Catalogue of diagnostic codes: what each says, how serious it is and what a user can do about it.

``report("cells_absent", table="requests", count=3)`` makes the diagnostic; a code or a value that the
catalogue does not know is a programming error and raises at once.
"""

from __future__ import annotations

from typing import NamedTuple

from gknlp.model import Diagnostic, Severity, TableId


class Finding(NamedTuple):
    """Severity and message template of one code."""

    severity: Severity
    message: str


CATALOGUE: dict[str, Finding] = {
}


def report(
    code: str,
    *,
    table: TableId | None = None,
    start: int | None = None,
    end: int | None = None,
    **values: object,
) -> Diagnostic:
    """Return the diagnostic ``code`` with ``values`` filled into its message."""
    finding = CATALOGUE[code]
    message = finding.message.format(**values)
    return Diagnostic(code=code, severity=finding.severity, message=message, table=table, start=start, end=end)

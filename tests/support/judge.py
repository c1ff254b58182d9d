"""Reading a text and judging the reading: which cells are wrong, and whether the report says anything about it.

The rule is that of the accuracy gate: a wrong value is *silent* when its table has no warning, no error and no failed
check and the cell carries no repair.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gknlp.checks import run_checks
from gknlp.model import Cell, Diagnostic, Document, Number, Table
from gknlp.readers import read_text
from gknlp.sections import split_sections
from gknlp.tables import read_tables

Expected = Mapping[str, Mapping[str, Number | str | None] | None]  # table -> row/column -> value; "UNKNOWN" as in gold
UNKNOWN = "UNKNOWN"


class Reading(NamedTuple):
    """The tables of a text and the tables about which something is said."""

    form: str | None
    tables: dict[str, Table]
    loud: frozenset[str]
    failed: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]

    def cells(self, table: str) -> dict[str, Cell]:
        """Return the cells of a table by ``row/column``; none when it was not found."""
        return {cell.key: cell for cell in self.tables[table].cells} if table in self.tables else {}

    def values(self) -> dict[str, dict[str, Number | str | None]]:
        """Return the values of all tables, as :data:`Expected`."""
        return {table: {key: cell.value for key, cell in self.cells(table).items()} for table in self.tables}


class Wrong(NamedTuple):
    """One cell that differs from what it should be; ``silent`` when nothing is said about its table."""

    table: str
    key: str
    got: Number | None
    wanted: Number | str | None
    silent: bool

    def __str__(self) -> str:
        return f"{self.table}/{self.key}: {self.got} for {self.wanted}{' (silent)' if self.silent else ''}"


def read(text: str) -> Reading:
    """Read the tables of a text and check them; nothing else of the pipeline runs."""
    return read_document(read_text(text))


def read_document(document: Document) -> Reading:
    """Read the tables of a document and check them."""
    sections = split_sections(document).sections
    result = read_tables(document, sections)
    checks = run_checks(result.tables)
    failed = [check for check in checks if check.status == "fail"]
    loud = {found.table for found in result.diagnostics if found.severity != "info"} | {check.table for check in failed}
    return Reading(
        form=result.form,
        tables={table.id: table for table in result.tables},
        loud=frozenset(table for table in loud if table is not None),
        failed=tuple(f"{check.rule} {check.where}" for check in failed),
        diagnostics=result.diagnostics,
    )


def compare(expected: Expected, reading: Reading) -> list[Wrong]:
    """Return every cell that differs; a value in a table that should not be there counts as well."""
    return [wrong for table, cells in expected.items() for wrong in _compare_table(table, cells or {}, reading)]


def _compare_table(table: str, wanted: Mapping[str, Number | str | None], reading: Reading) -> list[Wrong]:
    cells = reading.cells(table)
    wrong = []
    for key in {**wanted, **cells}:
        cell, value = cells.get(key), wanted.get(key)
        got = None if cell is None else cell.value
        if not same(got, value):
            said = bool(wanted) and (table in reading.loud or (cell is not None and cell.repair is not None))
            wrong.append(Wrong(table, key, got, value, not said))
    return wrong


def same(got: Number | None, wanted: Number | str | None) -> bool:
    """Whether a value is the wanted one; an unknown one admits null alone."""
    if got is None or wanted is None or isinstance(wanted, str):
        return got is None and (wanted is None or wanted == UNKNOWN)
    return abs(got - wanted) < 1e-6

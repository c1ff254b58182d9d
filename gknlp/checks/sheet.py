"""A form's table as numbered cells (:class:`Grid`), and a report's table read along it (:class:`Sheet`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gknlp.knowledge.forms import TableForm
from gknlp.model import Cell, Number, Table, TableId

TOTAL = "total"  # the column of totals in sections 三 and 四


class Grid:
    """The cells of one table of a form, numbered in form order."""

    def __init__(self, form: TableForm) -> None:
        self.form = form
        self.keys = form.keys()
        self.rows = [row for row, _ in self.keys]
        self.filled = [column for _, column in self.keys]
        self.names = tuple(f"{form.id}/{row}/{column}" for row, column in self.keys)
        self.row_labels = {row.id: row.label for row in form.rows}
        self.column_labels = {column.id: column.label for column in form.columns}
        self.columns = {row.id: form.columns_of(row) for row in form.rows}
        self._at = {key: index for index, key in enumerate(self.keys)}
        self._rows = {row: tuple([self._at[row, name] for name in names]) for row, names in self.columns.items()}

    def at(self, row: str, column: str) -> int:
        """Return the number of a cell; :class:`KeyError` when the form has no such cell."""
        return self._at[row, column]

    def row(self, row: str, columns: Iterable[str] | None = None) -> tuple[int, ...]:
        """Return the cells of a row, all or those of ``columns``."""
        return self._rows[row] if columns is None else tuple(self._at[row, column] for column in columns)

    def rows_of(self, role: str) -> tuple[str, ...]:
        """Return the rows that play ``role`` in the identities."""
        return tuple(row.id for row in self.form.rows if row.role == role)


class Sheet(NamedTuple):
    """One printed table: values by cell number, and the cells that need care.

    ``missing`` have no value; ``odd`` have a value that is no whole number of 0 or more; ``loose`` are not a number or
    a dash that stood at its place. On a ``clean`` sheet every cell was printed at its place and could be read.
    """

    grid: Grid
    cells: tuple[Cell, ...]
    values: tuple[Number | None, ...]
    missing: frozenset[int]
    odd: frozenset[int]
    loose: frozenset[int]
    clean: bool


class Reading(NamedTuple):
    """What the rules look at: the printed tables and the level of the issuer."""

    sheets: Mapping[TableId, Sheet]
    level: str | None


def read_sheet(table: Table, grid: Grid) -> Sheet:
    """Return ``table`` along ``grid``; a cell of the form that the table does not hold is absent."""
    cells = table.cells
    if [cell.row for cell in cells] != grid.rows or [cell.column for cell in cells] != grid.filled:
        cells = _in_form_order(table, grid)
    values = tuple([cell.value for cell in cells])
    loose = [
        index for index, cell in enumerate(cells) if cell.reading == "solved" or cell.state not in ("number", "dash")
    ]
    missing = [index for index, value in enumerate(values) if value is None] if None in values else ()
    return Sheet(
        grid=grid,
        cells=cells,
        values=values,
        missing=frozenset(missing),
        odd=frozenset([index for index, value in enumerate(values) if value and _is_odd(value)]),
        loose=frozenset(loose),
        clean=all(cells[index].state == "blank" for index in loose),
    )


def _in_form_order(table: Table, grid: Grid) -> tuple[Cell, ...]:
    held = {(cell.row, cell.column): cell for cell in table.cells}
    return tuple(held.get(key) or _absent(*key) for key in grid.keys)


def _absent(row: str, column: str) -> Cell:
    return Cell(row=row, column=column, value=None, raw="", state="absent", start=None, end=None)


def _is_odd(value: Number) -> bool:
    return value < 0 or not (isinstance(value, int) or value.is_integer())

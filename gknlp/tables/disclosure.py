"""Section 二: small tables of one to three numbers a row, stacked in one grid."""

from __future__ import annotations

from gknlp import findings
from gknlp.knowledge.forms import Row, TableForm
from gknlp.model import Cell, Diagnostic
from gknlp.tables import cells as make
from gknlp.tables.columns import Order, block_order
from gknlp.tables.lexer import Grid
from gknlp.tables.match import Found, Hit
from gknlp.tables.rows import Run, about_rows, runs


def read_disclosure(text: str, grid: Grid, found: Found, form: TableForm) -> tuple[list[Cell], list[Diagnostic]]:
    """Return the cells of section 二 in form order and what is to be said about them."""
    widths = {row.id: len(form.columns_of(row)) for row in form.rows}
    by_row, notes = runs(found.rows, grid, widths, "disclosure")
    cells: list[Cell] = []
    for row in form.rows:
        run = by_row.get(row.id)
        columns = form.columns_of(row)
        if run is None:
            cells += [make.absent(row.id, column) for column in columns]
            continue
        order = block_order(_header_of(found, run), columns)
        if len(columns) > 1 and (order.columns is None or not order.stated):
            code = "column_order_unclear" if order.columns is None else "header_unclear"
            notes.append(findings.report(code, table="disclosure", start=run.hit.label.start))
        cells += _row(text, grid, run, row, order, form, notes)
    notes += about_rows(text, by_row, [row.id for row in form.rows], "disclosure")
    return cells, _once(notes)


def _header_of(found: Found, run: Run) -> list[Hit]:
    """Return the column labels of the header that stands above a row: the last ones before it."""
    header: list[Hit] = []
    for entry in found.sequence:
        if not isinstance(entry, Hit):
            continue
        if entry.start >= run.hit.label.start:
            break
        if entry.meaning.kind == "title":
            header = []
        elif entry.meaning.kind == "column":
            header.append(entry)
    return header


def _row(
    text: str, grid: Grid, run: Run, row: Row, order: Order, form: TableForm, notes: list[Diagnostic]
) -> list[Cell]:
    columns = form.columns_of(row)
    if not run.values:
        return [make.blank(row.id, column, run.hit.label.end) for column in columns]
    places = _places(grid, run, len(columns)) if order.columns else None
    if run.doubt or order.columns is None or places is None:
        if not run.doubt and order.columns is not None:
            count = len(run.values)
            notes.append(findings.report("row_short", table="disclosure", row=row.id, count=count, width=len(columns)))
        return [make.unknown(text, row.id, column, run.values) for column in columns]
    units = {column.id: column.unit for column in form.columns}
    cells = []
    for column in columns:
        index = places[order.columns.index(column)]
        if index is None:
            cells.append(make.blank(row.id, column, run.hit.label.end))
        else:
            value = run.values[index]
            unit = units[column] if value.money is not None and value.money != 1 else ""
            cells.append(make.printed(text, row.id, column, value, unit=unit))
            if unit:
                notes.append(_converted(cells[-1]))
    return cells


def _converted(cell: Cell) -> Diagnostic:
    where = {"start": cell.start, "end": cell.end}
    return findings.report("amount_converted", table="disclosure", raw=cell.raw, value=cell.value, **where)


def _places(grid: Grid, run: Run, width: int) -> tuple[int | None, ...] | None:
    """Return the index of the value in each column; ``None`` when a row that lost a value does not show which.

    A line with a cell for the label and one for each column shows it by its empty cells.
    """
    if len(run.values) == width:
        return tuple(range(width))
    label = run.hit.label.end - 1
    first = grid.cell(label) + 1
    lines = {grid.line(value.start) for value in run.values}
    if lines != {grid.line(label)} or len(grid.cells(label)) != first + width:
        return None
    filled = {grid.cell(value.start) - first: index for index, value in enumerate(run.values)}
    return tuple(filled.get(column) for column in range(width)) if len(filled) == len(run.values) else None


def _once(notes: list[Diagnostic]) -> list[Diagnostic]:
    """Return the notes without those that say the same again."""
    return list({(note.code, note.message): note for note in notes}.values())

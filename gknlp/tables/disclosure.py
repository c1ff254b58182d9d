"""Section 二: small tables of one to three numbers a row, stacked in one grid."""

from __future__ import annotations

from gknlp import findings
from gknlp.knowledge.forms import Column
from gknlp.model import Cell, Diagnostic
from gknlp.tables import cells as make
from gknlp.tables.columns import Order, block_order, names
from gknlp.tables.labels import Hit
from gknlp.tables.lines import Grid
from gknlp.tables.match import Found, Wording
from gknlp.tables.rows import Run, about_rows, by_pipes, runs, under_header


def read_disclosure(text: str, grid: Grid, found: Found, wording: Wording) -> tuple[list[Cell], list[Diagnostic]]:
    """Return the cells of section 二 in form order and what is to be said about them."""
    by_row, notes = runs(found.rows, grid, wording.widths, "disclosure")
    span = max(wording.widths.values())
    cells: list[Cell] = []
    for row in wording.rows:
        run = by_row.get(row.id)
        if run is None:
            cells += [make.absent(row.id, column) for column in row.ids]
            continue
        header = [hit for hit in _header_of(found, run) if hit.meaning.id in row.ids]
        order = block_order(names(header), row.names)
        if len(row.ids) > 1 and (order.columns is None or not order.stated):
            code = "column_order_unclear" if order.columns is None else "header_unclear"
            notes.append(findings.report(code, table="disclosure", start=run.hit.label.start))
        cells += _row(text, grid, run, header, order, row.columns, span, notes)
    notes += about_rows(text, by_row, [row.id for row in wording.rows], "disclosure")
    return cells, _once(notes)


def _header_of(found: Found, run: Run) -> list[Hit]:
    """Return the column labels of the header that stands above a row: the last ones before it."""
    header: list[Hit] = []
    row = run.hit.label.start
    for entry in found.headers:
        if entry.start >= row:
            break
        kind = entry.meaning.kind
        if kind == "title":
            header = []
        elif kind == "column":
            header.append(entry)
    return header


def _row(
    text: str,
    grid: Grid,
    run: Run,
    header: list[Hit],
    order: Order,
    columns: tuple[Column, ...],
    span: int,
    notes: list[Diagnostic],
) -> list[Cell]:
    """Return the cells of a printed row in form order."""
    if not run.values:
        return [make.blank(run.id, column.id, run.hit.label.end) for column in columns]
    places = _places(grid, run, header, len(columns), span) if order.columns else None
    if run.doubt or order.columns is None or places is None:
        if not run.doubt and order.columns is not None:
            sizes = {"count": len(run.values), "width": len(columns)}
            notes.append(findings.report("row_short", table="disclosure", row=run.id, **sizes))
        return [make.unknown(text, run.id, column.id, run.values) for column in columns]
    cells = []
    for column in columns:
        index = places[order.columns.index(column.id)]
        if index is None:
            cells.append(make.blank(run.id, column.id, run.hit.label.end))
            continue
        cells.append(make.printed(text, run.id, column, run.values[index]))
        notes += make.about(cells[-1], run.values[index], "disclosure")
    return cells


def _places(grid: Grid, run: Run, header: list[Hit], width: int, span: int) -> tuple[int | None, ...] | None:
    """Return the index of the value in each column; ``None`` when a row that lost a value does not show which.

    ``span`` is the number of value cells that every line of the grid has.
    """
    if len(run.values) == width:
        return tuple(range(width))
    below = under_header(grid, header, run.values) if len(header) == width else None
    if below is not None or grid.pipes(run.hit.label.end, run.hit.stop) != 1 + span:
        return below
    return by_pipes(grid, run, width)


def _once(notes: list[Diagnostic]) -> list[Diagnostic]:
    """Return the notes without those that say the same again."""
    return list({(note.code, note.message): note for note in notes}.values())

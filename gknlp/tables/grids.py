"""Short rows of tables whose cells the source states outright: an empty cell stays empty in its own column.

In a plain text the place of a number is what its neighbours suggest. A page or a Word file says which cell stands below
which header cell; where a row has a cell of its own for every column, nothing is left to suggest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gknlp.model import Grid, GridCell
from gknlp.tables.labels import Hit
from gknlp.tables.lines import Value
from gknlp.tables.rows import Places, Run


class _Columns(NamedTuple):
    """Where the columns of a header stand: the first of them, and how many columns their table has."""

    first: int
    across: int


def with_exact(placed: Places, grids: Sequence[Grid], header: Sequence[Hit], found: Mapping[str, Run]) -> Places:
    """Return the places of short rows, those of rows within a table as the table states them.

    A table states them when the header shows all columns in neighbouring cells, and the row stands in a table with as
    many columns, with one cell below each of these and at most one value in each cell. A row of a table that lacks a
    cell has no places: what stands in its other cells may be shifted.
    """
    short = [run for run in found.values() if 0 < len(run.values) < run.width and not run.doubt] if grids else []
    if not short:
        return placed
    columns = _columns_of(grids, header, short[0].width)
    stated = {run.id: _place(grids, columns, run) for run in short if _grid_of(grids, run.hit.label.start)}
    kept = {row: place for row, place in placed.items() if row not in stated}
    return kept | {row: place for row, place in stated.items() if place is not None}


def has_fallen_apart(grids: Sequence[Grid], header: Sequence[Hit]) -> bool:
    """Whether some labels of a header stand in a table and some outside: their order says nothing."""
    hits = [hit for hit in header if hit.meaning.kind in ("column", "header")] if grids else []
    inside = sum(_grid_of(grids, hit.start) is not None for hit in hits)
    return 0 < inside < len(hits)


def contradicts(
    grids: Sequence[Grid], labels: Sequence[Hit], values: Sequence[Value], blocks: Sequence[str], width: int
) -> bool:
    """Whether a table shows that ``values`` are not those of ``blocks``, of ``width`` values each, in this order.

    It does when the label of a block stands outside the table while others stand within, and when the label of a block
    stands above other values than its own.
    """
    grid = _grid_of(grids, values[0].start) if grids and values else None
    printed = [hit for hit in labels if hit.meaning.kind == "row"]
    inside = {hit.meaning.id: _cell_of((grid,), hit.start) for hit in printed if grid and _grid_of((grid,), hit.start)}
    if grid is None or not inside:
        return False
    if any(hit.meaning.id not in inside for hit in printed):
        return True
    if len(values) != width * len(blocks):
        return False
    first = [_cell_of((grid,), value.start) for value in values[::width]]
    return any(_stands_beside(inside.get(block), cell) for block, cell in zip(blocks, first, strict=True))


def _stands_beside(label: GridCell | None, value: GridCell | None) -> bool:
    """Whether a label stands in a row above a value, but not above the value itself."""
    if label is None or value is None or label.row >= value.row:
        return False
    return not label.column <= value.column < label.column + label.column_span


def _columns_of(grids: Sequence[Grid], header: Sequence[Hit], width: int) -> _Columns | None:
    """Return where a header's columns stand; ``None`` when each has not a cell of its own beside the others'."""
    hits: dict[str, Hit] = {}
    for hit in header:
        if hit.meaning.kind == "column":
            hits.setdefault(hit.meaning.id, hit)
    cells = [_cell_of(grids, hit.start) for hit in hits.values()]
    starts = sorted(cell.column for cell in cells if cell is not None and cell.column_span == 1)
    grid = _grid_of(grids, header[0].start) if header else None
    if grid is None or len(starts) != width or starts != list(range(starts[0], starts[0] + width)):
        return None
    return _Columns(starts[0], grid.columns)


def _place(grids: Sequence[Grid], columns: _Columns | None, run: Run) -> tuple[int | None, ...] | None:
    grid = _grid_of(grids, run.hit.label.start)
    label = _cell_of(grids, run.hit.label.start)
    if (
        columns is None
        or grid is None
        or label is None
        or grid.columns != columns.across
        or label.column >= columns.first
    ):
        return None
    row = {cell.column: cell for cell in grid.cells if cell.row == label.row}
    below = [row.get(column) for column in range(columns.first, columns.first + run.width)]
    places: list[int | None] = []
    for cell in below:
        if cell is None or cell.column_span > 1 or cell.row_span > 1:
            return None
        inside = [index for index, value in enumerate(run.values) if _holds(cell, value)]
        if len(inside) > 1:
            return None
        places.append(inside[0] if inside else None)
    return tuple(places) if len(run.values) == run.width - places.count(None) else None


def _holds(cell: GridCell, value: Value) -> bool:
    return cell.start <= value.start and value.end <= cell.end


def _grid_of(grids: Sequence[Grid], place: int) -> Grid | None:
    index = bisect_right(grids, place, key=lambda grid: grid.start) - 1
    return grids[index] if index >= 0 and place <= grids[index].end else None


def _cell_of(grids: Sequence[Grid], place: int) -> GridCell | None:
    grid = _grid_of(grids, place)
    cells = grid.cells if grid else ()
    return next((cell for cell in cells if cell.start <= place < cell.end), None)

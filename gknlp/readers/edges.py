"""Tables whose cells are given by where their edges lie, as in DOC and RTF, -> tables of rows and columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from gknlp.readers.layout import TextCell, TextGrid

Merge = Literal["", "first", "more"]

_NEAR = 50  # twentieths of a point; edges of one column differ by rounding, columns are ten times as wide


class EdgeCell(NamedTuple):
    """A cell of a row: its text, where it ends, and whether it begins or continues a merge across or downwards."""

    text: str
    right: int
    across: Merge = ""
    down: Merge = ""


class EdgeRow(NamedTuple):
    """A row: where its first cell begins, and its cells from left to right."""

    left: int
    cells: tuple[EdgeCell, ...]


def place_by_edges(rows: Sequence[EdgeRow]) -> TextGrid:
    """Return the table of ``rows``: a cell covers the columns that begin between its edges.

    >>> rows = [EdgeRow(0, (EdgeCell("行政复议", 2000),)), EdgeRow(0, (EdgeCell("维持", 990), EdgeCell("总计", 2010)))]
    >>> [cell[:4] for cell in place_by_edges(rows).cells]
    [(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)]
    """
    column_of = _columns(edge for row in rows for edge in (row.left, *(cell.right for cell in row.cells)))
    cells: list[TextCell] = []
    above: dict[int, int] = {}  # column -> which cell goes on downwards from the row before
    for number, row in enumerate(rows):
        going_on: dict[int, int] = {}
        at = column_of[row.left]
        for text, right, across, down in row.cells:
            end = max(column_of[right], at + 1)
            if across == "more" and cells and cells[-1].row == number:
                last = cells[-1]
                cells[-1] = last._replace(column_span=end - last.column)
            elif down == "more" and at in above:
                going_on[at] = above[at]
                merged = cells[above[at]]
                cells[above[at]] = merged._replace(row_span=merged.row_span + 1)
            else:
                cells.append(TextCell(number, at, 1, end - at, text))
                if down:
                    going_on[at] = len(cells) - 1
            at = end
        above = going_on
    return TextGrid(tuple(cells))


def _columns(edges: Iterable[int]) -> dict[int, int]:
    """Return which column begins at each edge; edges that lie together are one."""
    columns: dict[int, int] = {}
    rank, last = -1, None
    for edge in sorted(set(edges)):
        if last is None or edge - last > _NEAR:
            rank += 1
            last = edge
        columns[edge] = rank
    return columns

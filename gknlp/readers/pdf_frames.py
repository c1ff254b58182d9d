"""Lines drawn on a page -> ruled tables, in stages that can be looked at one by one.

``merge_edges`` makes one line of pieces, ``connected`` finds which lines belong together, ``make_frames`` lays the grid
of all their places and takes away the walls that are not drawn: what is left between walls is a cell, with its spans.
A side of a table that is not drawn counts as drawn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gknlp.readers.layout import MAX_COLUMNS
from gknlp.readers.pdf_page import Edge

MAX_EDGES = 2_500  # merged, of one direction; a page with more shows a drawing
MAX_ROWS = 400  # of a table on one page
MAX_PLACES = 20_000  # of its grid

SNAP = 3.0  # points; lines nearer to one another are one, such as a double line
_GAP = 3.0  # points between pieces of one line
_SHORTEST = 4.0  # points; a shorter line is no wall of a cell
_BESIDE = 0.8  # of a table's height
_DRAWN = 0.5  # of a wall that must be drawn


class FrameCell(NamedTuple):
    """A cell by its place in the grid of its frame."""

    row: int
    column: int
    row_span: int
    column_span: int


class Frame(NamedTuple):
    """A ruled table: the places of its columns and rows, its cells, and which of them covers each place of the grid."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[FrameCell, ...]
    owners: tuple[tuple[int, ...], ...]

    def cell_at(self, x: float, y: float) -> int:
        """Return which cell covers a place; the nearest for one outside."""
        row = min(max(bisect_right(self.ys, y) - 1, 0), len(self.ys) - 2)
        column = min(max(bisect_right(self.xs, x) - 1, 0), len(self.xs) - 2)
        return self.owners[row][column]

    def covers(self, x: float, y: float) -> bool:
        """Whether a place lies within the table."""
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]


def find_frames(horizontal: Sequence[Edge], vertical: Sequence[Edge]) -> list[Frame]:
    """Return the ruled tables of a page, from top to bottom; a box of one cell is none."""
    across, down = merge_edges(horizontal), merge_edges(vertical)
    if not across or not down or max(len(across), len(down)) > MAX_EDGES:
        return []
    frames = [frame for group in connected(across, down) for frame in make_frames(*group)]
    return sorted(frames, key=lambda frame: (frame.ys[0], frame.xs[0]))


def merge_edges(edges: Iterable[Edge]) -> list[Edge]:
    """Return lines with the pieces of each joined and lines side by side made one; short ones are left out.

    >>> merge_edges([Edge(10, 0, 50), Edge(10.5, 51, 90), Edge(40, 0, 2)])
    [Edge(at=10.25, start=0, end=90)]
    """
    merged: list[Edge] = []
    for group in _near(sorted(edges)):
        at = sum(edge.at for edge in group) / len(group)
        pieces = sorted(group, key=lambda edge: edge.start)
        start, end = pieces[0].start, pieces[0].end
        for edge in pieces[1:]:
            if edge.start > end + _GAP:
                merged.append(Edge(at, start, end))
                start, end = edge.start, edge.end
            end = max(end, edge.end)
        merged.append(Edge(at, start, end))
    return [edge for edge in merged if edge.end - edge.start >= _SHORTEST]


def _near(edges: list[Edge]) -> Iterator[list[Edge]]:
    """Yield groups of lines that lie within :data:`SNAP` of the first of the group."""
    group: list[Edge] = []
    for edge in edges:
        if group and edge.at - group[0].at > SNAP:
            yield group
            group = []
        group.append(edge)
    if group:
        yield group


def connected(across: Sequence[Edge], down: Sequence[Edge]) -> list[tuple[list[Edge], list[Edge]]]:
    """Return the horizontal and vertical lines that belong together because they meet."""
    parent = list(range(len(across) + len(down)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    order = sorted(range(len(down)), key=lambda at: down[at].at)
    places = [down[at].at for at in order]
    for number, edge in enumerate(across):
        first, beyond = bisect_left(places, edge.start - SNAP), bisect_right(places, edge.end + SNAP)
        for at in order[first:beyond]:
            if down[at].start - SNAP <= edge.at <= down[at].end + SNAP:
                parent[root(number)] = root(len(across) + at)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for number, edge in enumerate(across):
        groups.setdefault(root(number), ([], []))[0].append(edge)
    for number, edge in enumerate(down):
        groups.setdefault(root(len(across) + number), ([], []))[1].append(edge)
    whole = [group for group in groups.values() if group[0] and group[1]]
    for edge in (edge for group in groups.values() if not group[0] for edge in group[1]):
        _add_beside(whole, edge)
    return whole


def _add_beside(groups: list[tuple[list[Edge], list[Edge]]], edge: Edge) -> None:
    """Add a vertical line that meets no other to the table beside it: the side of a cell that both page ends cut."""
    for across, down in groups:
        top, bottom = min(line.start for line in down), max(line.end for line in down)
        left, right = min(line.start for line in across), max(line.end for line in across)
        beside = edge.at < left or edge.at > right
        if beside and min(edge.end, bottom) - max(edge.start, top) >= _BESIDE * (bottom - top):
            down.append(Edge(edge.at, max(edge.start, top), min(edge.end, bottom)))
            return


def make_frames(across: Sequence[Edge], down: Sequence[Edge]) -> list[Frame]:
    """Return the tables that lines make: none when they make one cell or far more than any table has.

    They make several where a line stands between tables that share a rule, with neither side drawn: a heading.
    """
    xs = _places([edge.at for edge in down], [x for edge in across for x in (edge.start, edge.end)])
    ys = _places([edge.at for edge in across], [y for edge in down for y in (edge.start, edge.end)])
    if not (2 <= len(xs) <= MAX_COLUMNS + 1 and 2 <= len(ys) <= MAX_ROWS + 1) or len(xs) * len(ys) > MAX_PLACES:
        return []
    above = _walls(across, ys, xs)  # [row][column]: whether the upper side of that place is drawn
    before = _walls(down, xs, ys)  # [column][row]: whether its left side is
    whole = _frame(above, before, xs, ys)
    between = [cell.row for cell in whole.cells if _is_open(cell, len(xs) - 1, before)]
    stops = [-1, *between, len(ys) - 1]
    parts = [(first + 1, beyond) for first, beyond in pairwise(stops) if first + 1 < beyond]
    frames = [
        _frame(above[first : beyond + 1], [wall[first:beyond] for wall in before], xs, ys[first : beyond + 1])
        for first, beyond in parts
    ]
    return [frame for frame in frames if len(frame.cells) > 1]


def _is_open(cell: FrameCell, columns: int, before: list[list[bool]]) -> bool:
    """Whether a cell is a whole row without a side that is drawn."""
    whole = cell.row_span == 1 and cell.column_span == columns
    return whole and not before[0][cell.row] and not before[-1][cell.row]


def _frame(above: list[list[bool]], before: list[list[bool]], xs: tuple[float, ...], ys: tuple[float, ...]) -> Frame:
    return Frame(xs, ys, *_cells(above, before, len(ys) - 1, len(xs) - 1))


def _places(lines: Iterable[float], ends: Sequence[float]) -> tuple[float, ...]:
    """Return where the lines of one direction stand; the outermost ends of the others stand for sides not drawn."""
    places: list[float] = []
    for place in sorted(lines):
        if not places or place - places[-1] > SNAP:
            places.append(place)
    if min(ends) < places[0] - 2 * SNAP:
        places.insert(0, min(ends))
    if max(ends) > places[-1] + 2 * SNAP:
        places.append(max(ends))
    return tuple(places)


def _walls(edges: Sequence[Edge], places: Sequence[float], stops: Sequence[float]) -> list[list[bool]]:
    """Return, for each place of a line, which of the stretches between ``stops`` are drawn."""
    drawn = [[0.0] * (len(stops) - 1) for _ in places]
    for edge in edges:
        line = drawn[_nearest(places, edge.at)]
        first = max(bisect_right(stops, edge.start) - 1, 0)
        for at in range(first, len(line)):
            if stops[at] >= edge.end:
                break
            line[at] += min(edge.end, stops[at + 1]) - max(edge.start, stops[at])
    sizes = [beyond - stop for stop, beyond in pairwise(stops)]
    return [[length >= _DRAWN * size for length, size in zip(line, sizes, strict=True)] for line in drawn]


def _nearest(places: Sequence[float], at: float) -> int:
    right = bisect_left(places, at)
    return min((n for n in (right - 1, right) if 0 <= n < len(places)), key=lambda n: abs(places[n] - at))


def _cells(
    above: list[list[bool]], before: list[list[bool]], rows: int, columns: int
) -> tuple[tuple[FrameCell, ...], tuple[tuple[int, ...], ...]]:
    """Return the largest rectangles without a wall within, in row order, and which of them covers each place."""
    owners = [[-1] * columns for _ in range(rows)]
    cells: list[FrameCell] = []
    for row in range(rows):
        for column in range(columns):
            if owners[row][column] >= 0:
                continue
            beyond = column + 1
            while beyond < columns and not before[beyond][row] and owners[row][beyond] < 0:
                beyond += 1
            under = row + 1
            while under < rows and _goes_on(above, before, owners, under, column, beyond):
                under += 1
            for line in owners[row:under]:
                line[column:beyond] = [len(cells)] * (beyond - column)
            cells.append(FrameCell(row, column, under - row, beyond - column))
    return tuple(cells), tuple(map(tuple, owners))


def _goes_on(
    above: list[list[bool]], before: list[list[bool]], owners: list[list[int]], row: int, column: int, beyond: int
) -> bool:
    """Whether the cell over ``row`` from ``column`` to ``beyond`` covers that row, too."""
    return not (
        any(above[row][column:beyond])
        or any(before[at][row] for at in range(column + 1, beyond))
        or any(owner >= 0 for owner in owners[row][column:beyond])
    )

"""Ruled tables with their text -> tables of the layout, those over several pages as one.

A piece of a table at the head of a page goes on what ends the page before when its columns are the same. Rows that
repeat the head of the table are left out, a row or label that the page break cuts is joined.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gknlp.readers.layout import TextCell, TextGrid
from gknlp.readers.pdf_frames import Frame
from gknlp.readers.pdf_labels import goes_on, is_numbered, is_value
from gknlp.readers.pdf_lines import Line, make_lines
from gknlp.readers.pdf_page import Glyph
from gknlp.readers.pdf_paragraphs import Margins, paragraphs

_SAME = 6.0  # points between the sides of pieces of one table
_NEAR = 4.0  # points between columns of pieces of one table
_RUN = 0.12  # of their height between digits of one number
_LEVEL = 1.0  # points by which characters of one line may stand higher or lower
_WALL = 0.5  # points between two numbers with a wall between them
_LOWEST = 6.0  # points; a lower row is the space between two rules
_HIGHEST_HEAD = 6  # rows
_PROSE = 100  # characters; longer cells hold paragraphs
_NUMBER_SIGNS = frozenset("0123456789.,%-")


class PieceCell(NamedTuple):
    """A cell by the places of its sides, and its text."""

    x0: float
    x1: float
    row: int
    row_span: int
    text: str


class Piece(NamedTuple):
    """A table, or what of it stands on one page."""

    x0: float
    x1: float
    top: float
    bottom: float
    rows: int
    cells: tuple[PieceCell, ...]


def make_piece(frame: Frame, glyphs: Sequence[Glyph]) -> Piece | None:
    """Return a ruled table with its text; ``None`` when all its cells are empty."""
    inside: list[list[Glyph]] = [[] for _ in frame.cells]
    for run in _runs(glyphs, frame.xs):
        x = (run[0].x0 + run[-1].x1) / 2
        for glyph in run:
            inside[frame.cell_at(x, (glyph.top + glyph.bottom) / 2)].append(glyph)
    cells = tuple(
        PieceCell(
            x0=frame.xs[cell.column],
            x1=frame.xs[cell.column + cell.column_span],
            row=cell.row,
            row_span=cell.row_span,
            text=cell_of(found, frame.xs[cell.column], frame.xs[cell.column + cell.column_span]),
        )
        for cell, found in zip(frame.cells, inside, strict=True)
    )
    if not any(cell.text for cell in cells):
        return None
    piece = Piece(frame.xs[0], frame.xs[-1], frame.ys[0], frame.ys[-1], len(frame.ys) - 1, cells)
    for row in reversed(range(1, piece.rows)):
        if frame.ys[row + 1] - frame.ys[row] < _LOWEST or any(_covers(cell, row) for cell in cells):
            piece = _without_row(piece, row)
    return piece


def _covers(cell: PieceCell, row: int) -> bool:
    """Whether a cell goes on in a row: one in which no other text begins is there for the sides of empty cells only."""
    return cell.row < row < cell.row + cell.row_span


def _runs(glyphs: Iterable[Glyph], walls: Sequence[float]) -> Iterator[list[Glyph]]:
    """Yield characters, those of one number together: it may be wider than its cell."""
    for line in _lines(sorted(glyphs, key=lambda glyph: glyph.top + glyph.bottom)):
        run = line[:1]
        for glyph in line[1:]:
            if not _is_next(run[-1], glyph, walls):
                yield run
                run = []
            run.append(glyph)
        yield run


def _lines(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Yield characters that stand on one line, from left to right."""
    at = 0
    for beyond in range(1, len(glyphs) + 1):
        if beyond == len(glyphs) or _middle(glyphs[beyond]) - _middle(glyphs[at]) > _LEVEL:
            yield sorted(glyphs[at:beyond], key=lambda glyph: glyph.x0)
            at = beyond


def _middle(glyph: Glyph) -> float:
    return (glyph.top + glyph.bottom) / 2


def _is_next(left: Glyph, right: Glyph, walls: Sequence[float]) -> bool:
    """Whether two characters are neighbours in one number."""
    if left.char not in _NUMBER_SIGNS or right.char not in _NUMBER_SIGNS:
        return False
    gap = right.x0 - left.x1
    if gap > _RUN * (right.bottom - right.top):
        return False
    return gap < _WALL or not any(left.x1 <= wall <= right.x0 for wall in walls)


def cell_of(glyphs: Sequence[Glyph], x0: float, x1: float) -> str:
    """Return the text of a cell with its line breaks; those of a long text are the ends of its paragraphs."""
    if 2 * sum(glyph.turned for glyph in glyphs) > len(glyphs):
        return "".join(glyph.char for glyph in sorted(glyphs, key=lambda glyph: glyph.top))
    lines = make_lines(glyphs) if len(glyphs) > 1 else []
    if len(glyphs) == 1:
        return glyphs[0].char.strip()
    if len(lines) > 2 and sum(len(line.text) for line in lines) > _PROSE:
        return "\n".join(paragraphs(lines, Margins(min(line.x0 for line in lines), max(line.x1 for line in lines))))
    text = "".join(line.text + ("" if _is_cut(line, after, x0, x1) else "\n") for line, after in pairwise(lines))
    return text + lines[-1].text if lines else ""


def _is_cut(line: Line, after: Line, x0: float, x1: float) -> bool:
    """Whether nothing stands between two lines of a cell: after the number of an item, within a number."""
    if line.text[-1] == "." and is_numbered(line.text):
        return True
    digits = _NUMBER_SIGNS.issuperset(line.text) and _NUMBER_SIGNS.issuperset(after.text)
    return digits and x1 - x0 - (line.x1 - line.x0) < line.size


def is_continued(above: Piece, below: Piece) -> bool:
    """Whether ``below``, at the head of a page or column, is more of the table that ends the one before."""
    if abs((above.x1 - above.x0) - (below.x1 - below.x0)) > _SAME:
        return False
    shift = below.x0 - above.x0
    last = [cell for cell in above.cells if cell.row + cell.row_span == above.rows]
    first = [cell for cell in below.cells if cell.row == 0]
    return _within(_sides(first, shift), _sides(above.cells)) or _within(_sides(last), _sides(below.cells, shift))


def _sides(cells: Iterable[PieceCell], shift: float = 0.0) -> list[float]:
    return sorted({cell.x0 - shift for cell in cells})


def _within(sides: Sequence[float], others: Sequence[float]) -> bool:
    return all(min(abs(side - other) for other in others) <= _NEAR for side in sides)


def join_pieces(above: Piece, below: Piece) -> Piece:
    """Return two pieces of a table as one; the upper one keeps its place."""
    above, below = _without_row(above, above.rows - 1), _without_row(below, 0)
    shift = below.x0 - above.x0
    moved = [cell._replace(x0=cell.x0 - shift, x1=cell.x1 - shift) for cell in below.cells]
    skipped = _repeated_rows(above.cells, moved, below.rows)
    start = above.rows - skipped
    lower = [cell._replace(row=cell.row + start) for cell in moved if cell.row >= skipped]
    cells = _join_cut_row(above, lower) or _join_cut_labels(above, lower)
    rows = max(cell.row + cell.row_span for cell in cells)
    return above._replace(rows=rows, cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.x0))))


def _without_row(piece: Piece, row: int) -> Piece:
    """Return a piece without a row in which nothing is printed: what the break leaves of the row on the other side."""
    if piece.rows < 2 or any(cell.text for cell in piece.cells if cell.row == row):
        return piece
    kept = [_cut(cell, row) for cell in piece.cells if cell.row != row or cell.row_span > 1]
    return piece._replace(rows=piece.rows - 1, cells=tuple(kept))


def _cut(cell: PieceCell, row: int) -> PieceCell:
    """Return a cell as it is without a row."""
    covers = cell.row <= row < cell.row + cell.row_span
    return cell._replace(row=cell.row - (cell.row > row), row_span=cell.row_span - covers)


def _repeated_rows(above: Sequence[PieceCell], below: Sequence[PieceCell], rows: int) -> int:
    """Return how many rows at the head of ``below`` repeat the head of ``above``."""
    for count in range(min(rows - 1, _HIGHEST_HEAD), 0, -1):
        head = [cell for cell in below if cell.row < count]
        if any(cell.row + cell.row_span > count or is_value(cell.text) for cell in head):
            continue
        texts = [cell.text for cell in head if cell.text]
        first = [cell for cell in above if cell.row < count]
        if len(texts) > 1 and len(first) == len(head) and all(map(_is_same, first, head)):
            return count
    return 0


def _is_same(one: PieceCell, other: PieceCell) -> bool:
    places = abs(one.x0 - other.x0) <= _NEAR and abs(one.x1 - other.x1) <= _NEAR
    return places and (one.row, one.row_span, one.text) == (other.row, other.row_span, other.text)


def _pairs(above: Piece, lower: Sequence[PieceCell]) -> list[tuple[PieceCell, PieceCell]]:
    """Return the cells that a page break may have cut: with the same sides, above and below it."""
    ending = [cell for cell in above.cells if cell.row + cell.row_span == above.rows]
    return [
        (upper, cell)
        for cell in lower
        if cell.row == above.rows
        for upper in ending
        if abs(upper.x0 - cell.x0) <= _NEAR and abs(upper.x1 - cell.x1) <= _NEAR
    ]


def _join_cut_row(above: Piece, lower: Sequence[PieceCell]) -> list[PieceCell] | None:
    """Return the cells when the break cuts a row: its label goes on below, its values stand on one side only."""
    pairs = _pairs(above, lower)
    first = [cell for cell in lower if cell.row == above.rows]
    ending = [cell for cell in above.cells if cell.row + cell.row_span == above.rows]
    if len(pairs) != len(first) or len(pairs) != len(ending) or len(pairs) < 2:
        return None
    valued = [sum(is_value(pair[side].text) for pair in pairs) for side in (0, 1)]
    if min(valued) > 0 or not any(goes_on(upper.text, cell.text) for upper, cell in pairs):
        return None
    if any(upper.text and cell.text and not goes_on(upper.text, cell.text) for upper, cell in pairs):
        return None
    joined = {upper: _joined(upper, cell, -1) for upper, cell in pairs}
    kept = [joined.get(cell, cell) for cell in above.cells]
    below = {cell for _, cell in pairs}
    return kept + [cell._replace(row=cell.row - 1) for cell in lower if cell not in below]


def _join_cut_labels(above: Piece, lower: Sequence[PieceCell]) -> list[PieceCell]:
    """Return the cells with those joined that stand beside several rows and go on below the break."""
    joined: dict[PieceCell, PieceCell] = {}
    below: set[PieceCell] = set()
    for upper, cell in _pairs(above, lower):
        beside = upper.row_span > 1 or cell.row_span > 1
        empty = beside and not is_value(upper.text + cell.text) and not (upper.text and cell.text)
        if goes_on(upper.text, cell.text) or (empty and not is_numbered(cell.text)):
            joined[upper] = _joined(upper, cell, 0)
            below.add(cell)
    return [joined.get(cell, cell) for cell in above.cells] + [cell for cell in lower if cell not in below]


def _joined(upper: PieceCell, lower: PieceCell, rows: int) -> PieceCell:
    text = "\n".join(text for text in (upper.text, lower.text) if text)
    return upper._replace(row_span=upper.row_span + lower.row_span + rows, text=text)


def to_grid(piece: Piece) -> TextGrid:
    """Return a table for the layout; columns whose sides are nearly the same are one."""
    places: list[float] = []
    for x in sorted({x for cell in piece.cells for x in (cell.x0, cell.x1)}):
        if not places or x - places[-1] > _NEAR:
            places.append(x)

    def column(x: float) -> int:
        return bisect_right(places, x) - 1

    taken: dict[tuple[int, int], TextCell] = {}
    for cell in piece.cells:
        first, beyond = column(cell.x0), column(cell.x1)
        made = TextCell(cell.row, first, cell.row_span, max(beyond - first, 1), cell.text)
        other = taken.get((cell.row, first))
        taken[cell.row, first] = made if other is None else other._replace(text=f"{other.text} {cell.text}".strip())
    return TextGrid(tuple(taken[place] for place in sorted(taken)))

"""A page -> its columns in reading order: most pages are one; some print two reports, or two pages, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from gknlp.readers.pdf_frames import Frame, find_frames
from gknlp.readers.pdf_lines import Line, make_line, make_lines
from gknlp.readers.pdf_page import Glyph, Sheet
from gknlp.readers.pdf_tables import Piece, make_piece

_BIN = 2.0  # points
_GUTTER = 12.0  # points; what parts two columns is at least that wide
_MIDDLE = (0.3, 0.7)  # of the width, where it must be
_CROSSING = 0.08  # of the lines may lie over it: titles
_FILLED = 0.55  # of its width that the lines of a column fill on average; those of a table's numbers do not
_LEAST = 6  # lines of a column
_TABLE_LINE = 14.0  # points; a table counts as so many lines
_WORD_GAP = 1.0  # of a character; a wider gap parts a line


WHOLE, _LEFT, _RIGHT = range(3)


class Column(NamedTuple):
    """Lines and tables that are read from top to bottom; ``slot`` is :data:`WHOLE`, or which of two columns it is."""

    page: int
    slot: int
    box: tuple[float, float, float, float]
    items: tuple[Line | Piece, ...]


class _Extent(NamedTuple):
    """How far something reaches across a page, and how many lines it counts for."""

    x0: float
    x1: float
    lines: float


def read_columns(sheet: Sheet) -> list[Column]:
    """Return the columns of a page."""
    frames = find_frames(sheet.horizontal, sheet.vertical)
    outside, pieces = _part(sheet.glyphs, frames)
    lines = make_lines(outside)
    gutter = find_gutter(lines, pieces)
    if gutter is None:
        return [Column(sheet.number, WHOLE, sheet.box, _in_order([*lines, *pieces]))]
    return _beside(sheet, lines, pieces, gutter)


def _part(glyphs: Sequence[Glyph], frames: Sequence[Frame]) -> tuple[list[Glyph], list[Piece]]:
    """Return the characters outside tables, and the tables."""
    if not frames:
        return list(glyphs), []
    outside: list[Glyph] = []
    inside: list[list[Glyph]] = [[] for _ in frames]
    smallest = sorted(range(len(frames)), key=lambda at: frames[at].ys[-1] - frames[at].ys[0])
    for glyph in glyphs:
        x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
        at = next((at for at in smallest if frames[at].covers(x, y)), None)
        (outside if at is None else inside[at]).append(glyph)
    made = [make_piece(frame, found) for frame, found in zip(frames, inside, strict=True)]
    return outside, [piece for piece in made if piece is not None]


def _in_order(items: Sequence[Line | Piece]) -> tuple[Line | Piece, ...]:
    return tuple(sorted(items, key=lambda item: item.top))


def find_gutter(lines: Sequence[Line], pieces: Sequence[Piece]) -> float | None:
    """Return where a page is parted into two columns of text, ``None`` when it is not."""
    extents = [_Extent(part.x0, part.x1, 1.0) for line in lines for part in split_line(line, _WORD_GAP)]
    extents += [_Extent(p.x0, p.x1, max((p.bottom - p.top) / _TABLE_LINE, 1.0)) for p in pieces]
    if sum(extent.lines for extent in extents) < 2 * _LEAST:
        return None
    left, right = min(extent.x0 for extent in extents), max(extent.x1 for extent in extents)
    gap = _widest_gap(extents, left, right)
    if gap is None or gap[1] - gap[0] < _GUTTER:
        return None
    one = [extent for extent in extents if extent.x1 <= gap[0] + _BIN]
    other = [extent for extent in extents if extent.x0 >= gap[1] - _BIN]
    if _is_column(one, gap[0] - left) and _is_column(other, right - gap[1]):
        return (gap[0] + gap[1]) / 2
    return None


def _widest_gap(extents: Sequence[_Extent], left: float, right: float) -> tuple[float, float] | None:
    """Return the widest stretch near the middle over which next to nothing is printed."""
    bins = int((right - left) / _BIN) + 1
    printed = [0.0] * bins
    for extent in extents:
        for at in range(int((extent.x0 - left) / _BIN), min(int((extent.x1 - left) / _BIN) + 1, bins)):
            printed[at] += extent.lines
    most = _CROSSING * sum(extent.lines for extent in extents)
    free = [at for at in range(int(_MIDDLE[0] * bins), int(_MIDDLE[1] * bins)) if printed[at] <= most]
    stops = [0, *(at for at in range(1, len(free)) if free[at] != free[at - 1] + 1), len(free)]
    runs = [free[first:beyond] for first, beyond in pairwise(stops) if first < beyond]
    if not runs:
        return None
    widest = max(runs, key=len)
    return left + widest[0] * _BIN, left + (widest[-1] + 1) * _BIN


def _is_column(extents: Sequence[_Extent], width: float) -> bool:
    lines = sum(extent.lines for extent in extents)
    filled = sum((extent.x1 - extent.x0) * extent.lines for extent in extents)
    return lines >= _LEAST and filled >= _FILLED * width * lines


def split_line(line: Line, gap: float) -> list[Line]:
    """Return the parts of a line between gaps wider than ``gap`` characters."""
    stops = [0]
    for at, (left, right) in enumerate(pairwise(line.glyphs), 1):
        if right.x0 - left.x1 > gap * line.size:
            stops.append(at)
    if len(stops) == 1:
        return [line]
    parts = (make_line(line.glyphs[first:beyond]) for first, beyond in pairwise([*stops, len(line.glyphs)]))
    return [part for part in parts if part is not None]


def _beside(sheet: Sheet, lines: Sequence[Line], pieces: Sequence[Piece], gutter: float) -> list[Column]:
    """Return the columns on both sides of a gutter, and between them what reaches over it."""
    sides: tuple[list[Line | Piece], list[Line | Piece]] = ([], [])
    columns: list[Column] = []

    def flush() -> None:
        for slot, side in zip((_LEFT, _RIGHT), sides, strict=True):
            if side:
                columns.append(Column(sheet.number, slot, sheet.box, tuple(side)))
            side.clear()

    for item in _in_order([*lines, *pieces]):
        parts = _parts(item, gutter)
        if len(parts) == 1 and parts[0].x0 < gutter < parts[0].x1:
            flush()
            columns.append(Column(sheet.number, WHOLE, sheet.box, (item,)))
        else:
            for part in parts:
                sides[part.x0 > gutter].append(part)
    flush()
    return columns


def _parts(item: Line | Piece, gutter: float) -> list[Line | Piece]:
    """Return what of a line stands on either side of a gutter; the whole when it reaches over it."""
    if isinstance(item, Piece) or any(glyph.x0 < gutter < glyph.x1 for glyph in item.glyphs):
        return [item]
    left = [glyph for glyph in item.glyphs if glyph.x1 <= gutter]
    right = [glyph for glyph in item.glyphs if glyph.x1 > gutter]
    if left and right and right[0].x0 - left[-1].x1 < _WORD_GAP * item.size:
        return [item]
    parts = [part for part in (make_line(left), make_line(right)) if part is not None]
    return list(parts)

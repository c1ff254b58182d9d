"""Columns of lines and tables in reading order -> the blocks of a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gknlp.readers.layout import Block
from gknlp.readers.pdf_columns import Column
from gknlp.readers.pdf_lines import Line
from gknlp.readers.pdf_paragraphs import Margins, Placed, find_margins, group_lines, usual_spacing
from gknlp.readers.pdf_tables import Piece, is_continued, join_pieces, to_grid
from gknlp.readers.pdf_unruled import part_tables

_ENOUGH = 8  # lines of a column that tell its margins
_SHIFTED = 3.0  # points


def read_flow(columns: Sequence[Column]) -> Iterator[Block]:
    """Yield the paragraphs and tables of all columns; both may go on from one column to the next."""
    margins = _margins(columns)
    lines: list[Placed] = []
    table: Piece | None = None
    ended_in = -1
    for number, column in enumerate(columns):
        for item in column.items:
            if isinstance(item, Line):
                if table is not None:
                    yield to_grid(table)
                    table = None
                lines.append(Placed(item, margins[number], number))
                continue
            yield from _text(lines)
            lines = []
            if table is not None and ended_in != number and is_continued(table, item):
                table = join_pieces(table, item)
            else:
                if table is not None:
                    yield to_grid(table)
                table = item
            ended_in = number
    if table is not None:
        yield to_grid(table)
    yield from _text(lines)


def _text(lines: Sequence[Placed]) -> Iterator[Block]:
    """Yield lines between two ruled tables as paragraphs, and as tables where no rules are drawn."""
    spacing = usual_spacing(lines)
    for part in part_tables(lines):
        if isinstance(part, list):
            yield from (text for text, _ in group_lines(part, spacing))
        else:
            yield part


def _margins(columns: Sequence[Column]) -> list[Margins]:
    """Return the margins of each column: its own where it has enough lines, else those of all in its place."""
    alike: dict[int, list[Line]] = defaultdict(list)
    for column in columns:
        alike[column.slot] += _lines(column)
    usual = {slot: _found(lines) for slot, lines in alike.items()}
    return [_own(column, usual[column.slot]) for column in columns]


def _lines(column: Column) -> list[Line]:
    return [item for item in column.items if isinstance(item, Line)]


def _found(lines: Sequence[Line]) -> Margins:
    found = find_margins(lines)
    if found is None:
        found = Margins(min((line.x0 for line in lines), default=0), max((line.x1 for line in lines), default=0))
    return found


def _own(column: Column, usual: Margins) -> Margins:
    lines = _lines(column)
    own = find_margins(lines) if len(lines) >= _ENOUGH else None
    if own is None or abs(own.left - usual.left) <= _SHIFTED:
        return usual
    return Margins(own.left, max(own.right, usual.right + own.left - usual.left))

"""Columns of lines and tables in reading order -> the blocks of a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gknlp.readers.layout import Block
from gknlp.readers.pdf_columns import WHOLE, Column
from gknlp.readers.pdf_lines import Line
from gknlp.readers.pdf_paragraphs import Margins, Placed, find_margins, group_lines, usual_spacing
from gknlp.readers.pdf_tables import Piece, is_continued, join_pieces, to_grid
from gknlp.readers.pdf_unruled import part_tables

_ENOUGH = 8  # lines of a column that tell its margins
_SHIFTED = 3.0  # points
_FAR = 3.0  # characters between the right margin and where it must be


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
    """Return the margins of each column: those of all in its place, moved with a page that is printed aside."""
    alike: dict[int, list[Column]] = defaultdict(list)
    for column in columns:
        alike[column.slot].append(column)
    found = {slot: _found(same) for slot, same in alike.items()}
    beside = [right - left for slot, (left, right) in found.items() if slot != WHOLE]
    usual = {
        slot: _widened(alike[slot], margins, max(beside) if slot != WHOLE and len(beside) > 1 else None)
        for slot, margins in found.items()
    }
    return [_own(column, usual[column.slot]) for column in columns]


def _found(columns: Sequence[Column]) -> Margins:
    lines = [item for column in columns for item in column.items if isinstance(item, Line)]
    found = find_margins(lines, [item.x1 for column in columns for item in column.items if isinstance(item, Piece)])
    return found or Margins(0.0, 0.0)


def _widened(columns: Sequence[Column], margins: Margins, width: float | None) -> Margins:
    """Return the margins, the right one moved to where it must be when all lines are short.

    Columns side by side have one ``width``; a single one leaves as much room on the right as on the left.
    """
    lines = [item for column in columns for item in column.items if isinstance(item, Line)]
    ending = sum(abs(margins.right - line.x1) < _SHIFTED for line in lines)
    x0, _, x1, _ = columns[0].box
    due = x1 - (margins.left - x0) if width is None else margins.left + width
    room = _FAR * max((line.size for line in lines), default=0.0)
    if due - margins.right <= room or (ending >= _ENOUGH and 2 * ending > len(lines)):
        return margins
    return Margins(margins.left, due)


def _own(column: Column, usual: Margins) -> Margins:
    """Return the margins of one column; an indent of all its lines does not move its right margin."""
    if len(column.items) < _ENOUGH:
        return usual
    own = _found([column])
    shift = own.left - usual.left
    return own if abs(shift) > _SHIFTED and abs(own.right - usual.right - shift) <= _SHIFTED else usual

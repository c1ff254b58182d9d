"""Tables without drawn lines: their columns are where numbers stand one below another.

Such a table is looked for only where labels of a form are printed. A line with values is a row; labels wrapped over
lines above and below it belong to the nearest row, and what stands over the numbers is the head of their column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gknlp.knowledge.layout import load_layout
from gknlp.readers.layout import TextCell, TextGrid
from gknlp.readers.pdf_columns import split_line
from gknlp.readers.pdf_labels import (
    goes_on,
    is_before_several,
    is_header,
    is_heading,
    is_numbered,
    is_over_several,
    is_row,
    is_value,
)
from gknlp.readers.pdf_lines import Line, make_line
from gknlp.readers.pdf_page import Glyph
from gknlp.readers.pdf_paragraphs import Placed

_WORD_GAP = 0.55  # of a character between cells …
_VALUE_GAP = 0.25  # … with numbers …
_TOUCHING = 0.08  # … that touch
_HEAD_GAP = 0.25  # of a character between the heads of narrow columns
_LONGEST = 40  # characters of a label in one line
_SENTENCE = 20  # characters; a longer line that reaches the margin is a sentence
_FULL = 1.5  # characters of room that may be left
_LEADING = 1.7  # of a character between the lines of one label
_LEVEL = 0.25  # of a character by which labels of one row may differ in height
_PAGE = 100_000.0  # points; columns of text are stacked so far apart


class _Part(NamedTuple):
    """A piece of a line, its height counted over all columns of text; ``row`` is the line it is of."""

    x0: float
    x1: float
    y: float
    size: float
    row: int
    text: str


class _Line(NamedTuple):
    """A line in parts, the values among them apart."""

    placed: Placed
    labels: tuple[_Part, ...]
    values: tuple[_Part, ...]


class _Block(NamedTuple):
    """A label of one or several lines."""

    parts: tuple[_Part, ...]

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts)

    @property
    def middle(self) -> float:
        return (self.parts[0].y + self.parts[-1].y) / 2

    @property
    def x0(self) -> float:
        return min(part.x0 for part in self.parts)


def part_tables(placed: Sequence[Placed]) -> Iterator[list[Placed] | TextGrid]:
    """Yield lines in order, those that make a table as one."""
    lines = [_in_parts(line, number) for number, line in enumerate(placed)]
    text: list[Placed] = []
    for zone in _zones(lines):
        grid = _table(zone)
        if grid is None:
            text += [line.placed for line in zone]
            continue
        if text:
            yield text
            text = []
        yield grid
    if text:
        yield text


def _in_parts(placed: Placed, number: int) -> _Line:
    found: list[Line] = []
    for part in split_line(placed.line, _WORD_GAP):
        found += _numbers(part) if all(map(is_value, part.text.split())) else [part]
    parts = [_part(part, placed.column, number) for part in found]
    values = tuple(part for part in parts if is_value(part.text))
    return _Line(placed, tuple(part for part in parts if part not in values), values)


def _numbers(line: Line) -> list[Line]:
    """Return the numbers of a line: where they touch, a gap wider than all others still parts them."""
    gaps = sorted(right.x0 - left.x1 for left, right in pairwise(line.glyphs))
    usual = max(gaps[len(gaps) // 2] / line.size, 0.0) if gaps else 0.0
    return split_line(line, min(usual + _TOUCHING, _VALUE_GAP))


def _part(line: Line, column: int, number: int) -> _Part:
    return _Part(line.x0, line.x1, (line.top + line.bottom) / 2 + column * _PAGE, line.size, number, line.text)


def _zones(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Yield runs of lines that may be a table, and those that are not one by one."""
    zone: list[_Line] = []
    for line in lines:
        if _may_belong(line):
            zone.append(line)
            continue
        yield from _trimmed(zone)
        zone = []
        yield [line]
    yield from _trimmed(zone)


def _may_belong(line: _Line) -> bool:
    if line.values:
        return True
    text = line.placed.line.text
    room = line.placed.margins.right - line.placed.line.x1
    if len(line.labels) == 1 and len(text) > _SENTENCE and room < _FULL * line.placed.line.size:
        return False
    if is_heading(text) or text.endswith(load_layout().sentence_end):
        return False
    return all(len(part.text) <= _LONGEST for part in line.labels)


def _trimmed(zone: list[_Line]) -> Iterator[list[_Line]]:
    """Yield a run of lines without those at its ends that are not of the table."""
    inside = [at for at, line in enumerate(zone) if _is_row(line) or _is_head(line)]
    if not inside:
        yield from ([line] for line in zone)
        return
    first, beyond = inside[0], inside[-1] + 1
    while beyond < len(zone) and _wraps(zone[beyond - 1], zone[beyond]):
        beyond += 1
    yield from ([line] for line in zone[:first])
    yield zone[first:beyond]
    yield from ([line] for line in zone[beyond:])


def _is_row(line: _Line) -> bool:
    return len(line.values) > 1 or (len(line.values) == 1 and any(is_row(part.text) for part in line.labels))


def _is_head(line: _Line) -> bool:
    return any(is_header(part.text) and not is_numbered(part.text) for part in line.labels)


def _wraps(above: _Line, below: _Line) -> bool:
    """Whether a line is the rest of a label in the one above."""
    upper, lower = above.placed, below.placed
    near = upper.column == lower.column and lower.line.bottom - upper.line.bottom < _LEADING * lower.line.size
    return near and not below.values and lower.line.x0 >= upper.line.x0 - lower.line.size and not _is_head(below)


def _table(zone: Sequence[_Line]) -> TextGrid | None:
    """Return the table of a run of lines; ``None`` when there are no labels of a form, or no numbers below them."""
    rows = [line for line in zone if _is_row(line)]
    known = sum(is_row(part.text) or is_header(part.text) for line in zone for part in line.labels)
    if not rows or known < 2:
        return None
    columns = _columns(zone, rows)
    left = columns[0].x0
    heads, labels = _parts(zone, columns, left)
    blocks = _blocks(labels)
    owned: dict[int, list[_Block]] = {line.values[0].row: [] for line in zone if line.values}
    for block in blocks:
        owned[_nearest_row(block, zone)].append(block)
    width = max([1, *(len(found) for found in owned.values())])
    body = [_row(line, owned, columns, width) for line in zone if line.values]
    lines = sorted([*_heads(heads, zone, columns, width), *body], key=lambda row: row[0])
    return TextGrid(
        tuple(
            TextCell(at, column, 1, span, text) for at, (_, cells) in enumerate(lines) for column, span, text in cells
        )
    )


_Cells = tuple[float, list[tuple[int, int, str]]]
"""A row: its height, and its cells as (column, columns covered, text)."""


class _Column(NamedTuple):
    """Where the numbers of a column stand."""

    x0: float
    x1: float


def _columns(zone: Sequence[_Line], rows: Sequence[_Line]) -> list[_Column]:
    """Return the columns: those of the fullest row, and more where other numbers or lowest heads stand beside them."""
    fullest = max(rows, key=lambda line: len(line.values))
    columns = [_Column(part.x0, part.x1) for part in fullest.values]
    step = min((after.x0 - column.x0 for column, after in pairwise(columns)), default=60.0)
    others = [part for line in rows if len(line.values) > 1 for part in line.values]
    for part in (*others, *_lowest_heads(zone, columns[0].x0)):
        if min(_distance(part, column) for column in columns) > 0.5 * step:
            columns.append(_Column(part.x0, part.x1))
    return sorted(columns)


def _lowest_heads(zone: Sequence[_Line], left: float) -> list[_Part]:
    """Return the labels in the last line with several that stand over numbers, before the first numbers."""
    first = next(at for at, line in enumerate(zone) if line.values)
    heads = ([part for part in line.labels if part.x1 > left] for line in reversed(zone[:first]))
    return next((parts for parts in heads if len(parts) > 2), [])


def _distance(part: _Part, column: _Column) -> float:
    """Return how far a part is from a column, whether its numbers are set left, right or in the middle."""
    middle = abs(part.x0 + part.x1 - column.x0 - column.x1) / 2
    return min(middle, abs(part.x0 - column.x0), abs(part.x1 - column.x1))


def _column_of(part: _Part, columns: Sequence[_Column]) -> int:
    return min(range(len(columns)), key=lambda at: _distance(part, columns[at]))


def _parts(zone: Sequence[_Line], columns: Sequence[_Column], left: float) -> tuple[list[_Part], list[_Part]]:
    """Return the parts of heads and the parts of labels of rows."""
    first = next(at for at, line in enumerate(zone) if line.values)
    heads: list[_Part] = []
    labels: list[_Part] = []
    for at, line in enumerate(zone):
        if at < first or (_is_head(line) and not line.values):
            for part in line.labels:
                heads += _cut(part, line.placed, columns) if part.x1 > left else [part]
        else:
            labels += line.labels
    return heads, labels


def _cut(part: _Part, placed: Placed, columns: Sequence[_Column]) -> list[_Part]:
    """Return the heads of columns in a part that runs over several: narrow columns stand near to one another."""
    glyphs = [glyph for glyph in placed.line.glyphs if part.x0 <= glyph.x0 and glyph.x1 <= part.x1]
    groups: list[list[Glyph]] = []
    for glyph in glyphs:
        last = groups[-1][-1] if groups else None
        if last is not None and (glyph.x0 - last.x1 <= _HEAD_GAP * part.size or _same(last, glyph, columns)):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    lines = [make_line(group) for group in groups]
    return [_part(line, placed.column, part.row) for line in lines if line is not None]


def _same(left: Glyph, right: Glyph, columns: Sequence[_Column]) -> bool:
    """Whether two characters stand over the same column."""
    return _over((left.x0 + left.x1) / 2, columns) == _over((right.x0 + right.x1) / 2, columns)


def _over(x: float, columns: Sequence[_Column]) -> int:
    return min(range(len(columns)), key=lambda at: abs(x - (columns[at].x0 + columns[at].x1) / 2))


def _blocks(parts: Sequence[_Part]) -> list[_Block]:
    """Return labels, their lines put together: one below another, near, and not a label each."""
    blocks: list[_Block] = []
    for part in sorted(parts, key=lambda part: (part.y, part.x0)):
        above = next((at for at in reversed(range(len(blocks))) if _continues(blocks[at], part)), None)
        if above is None:
            blocks.append(_Block((part,)))
        else:
            blocks[above] = _Block((*blocks[above].parts, part))
    return blocks


def _continues(block: _Block, part: _Part) -> bool:
    last = block.parts[-1]
    near = 0 < part.y - last.y < _LEADING * part.size
    over = min(last.x1, part.x1) > max(last.x0, part.x0)
    text = "".join(piece.text for piece in block.parts)
    return near and over and goes_on(text, part.text)


def _nearest_row(block: _Block, zone: Sequence[_Line]) -> int:
    """Return the line with the values that a label stands beside: one of its own lines, else the nearest."""
    own = {part.row for part in block.parts}
    valued = [line.values[0] for line in zone if line.values]
    beside = [value.row for value in valued if value.row in own]
    if beside:
        return beside[0]
    return min(valued, key=lambda value: abs(value.y - block.middle)).row


def _row(line: _Line, owned: dict[int, list[_Block]], columns: Sequence[_Column], width: int) -> _Cells:
    labels = sorted(owned[line.values[0].row], key=lambda block: block.x0)
    cells = [(at, 1, block.text) for at, block in enumerate(labels)]
    found = dict.fromkeys(range(width, width + len(columns)), "")
    for part in line.values:
        at = width + _column_of(part, columns)
        found[at] = f"{found[at]} {part.text}".strip()
    return line.values[0].y, [*cells, *((at, 1, text) for at, text in sorted(found.items()))]


def _heads(parts: Sequence[_Part], zone: Sequence[_Line], columns: Sequence[_Column], width: int) -> Iterator[_Cells]:
    """Yield the rows of all heads in a table; each stands above a row with values."""
    values = [line.values[0].y for line in zone if line.values]
    heads: dict[float, list[_Block]] = {}
    for block in _blocks(parts):
        below = next((y for y in values if y > block.parts[-1].y), values[-1])
        heads.setdefault(below, []).append(block)
    for blocks in heads.values():
        yield from _head(blocks, columns, width)


def _head(blocks: Sequence[_Block], columns: Sequence[_Column], width: int) -> Iterator[_Cells]:
    """Yield the rows of one head.

    The label of a column with no label of several columns over it stands in the middle of the head, a little higher
    than the others; as in a ruled table it belongs to the row of the labels of several columns.
    """
    made: list[list[_Block]] = []
    for block in sorted(blocks, key=lambda block: block.middle):
        near = made and block.middle - made[-1][0].middle < _LEADING * block.parts[0].size
        if near and not _is_under(block, made[-1]):
            made[-1].append(block)
        else:
            made.append([block])
    _move_up(made)
    for row in made:
        cells: dict[int, str] = {}
        for block in sorted(row, key=lambda block: block.x0):
            head = block.parts[0]
            column = 0 if head.x1 < columns[0].x0 else width + _column_of(head, columns)
            while column in cells:
                column += 1
            cells[column] = block.text
        yield row[0].middle, [(column, 1, text) for column, text in cells.items()]


def _move_up(rows: list[list[_Block]]) -> None:
    """Put the column before several that have a common head beside that head, where it stands in a ruled table."""
    for row in rows:
        if any(is_over_several(block.text) for block in row):
            before = [block for lower in rows if lower is not row for block in lower if is_before_several(block.text)]
            row += before
            for lower in rows:
                if lower is not row:
                    lower[:] = [block for block in lower if block not in before]
            break
    rows[:] = [row for row in rows if row]


def _is_under(block: _Block, above: Sequence[_Block]) -> bool:
    """Whether a label stands below others, not between them, and is none of several in their line."""
    level = max(upper.middle for upper in above)
    return block.middle - level > _LEVEL * block.parts[0].size and any(
        min(part.x1, over.x1) > max(part.x0, over.x0) for part in block.parts for upper in above for over in upper.parts
    )

"""Lines -> paragraphs, by what tells a reader of the page: indents, line ends short of the margin, size and spacing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gknlp.knowledge.layout import load_layout
from gknlp.readers.pdf_labels import is_numbered
from gknlp.readers.pdf_lines import Line, is_wide, join_lines

_INDENT = 1.2  # of a character; a first line is set back by two
_OTHER_SIZE = 1.2
_SHORT = 1.5  # of a character beyond what the next word needs
_SPACING = 1.6  # of the usual distance of lines; more divides paragraphs
_CLUSTER = 4.0  # points between lines that begin at the same margin
_RAGGED = 1.6  # of a character between line ends at the same margin
_WORD = re.compile(r"[!-~]+")


class Margins(NamedTuple):
    """Where lines begin and end in a column of text."""

    left: float
    right: float


def find_margins(lines: Sequence[Line], hints: Sequence[float] = ()) -> Margins | None:
    """Return the outermost places where several lines begin and end; ``None`` without lines.

    ``hints`` are places where the right margin may be: the side of a table, what answers the left margin. One line that
    ends near one of them is enough.
    """
    if not lines:
        return None
    size = max(line.size for line in lines)
    left = _outermost([line.x0 for line in lines], _CLUSTER, ())
    right = _outermost([-line.x1 for line in lines], _RAGGED * size, [-hint for hint in hints])
    return Margins(left, -right)


def _outermost(places: Sequence[float], near: float, hints: Sequence[float]) -> float:
    """Return the least place with another near it, the least of all when there is none."""
    ordered = sorted(places)
    for place, after in pairwise(ordered):
        if after - place <= near or any(abs(hint - place) <= near for hint in hints):
            return place
    return ordered[0]


def paragraphs(lines: Sequence[Line], margins: Margins, spacing: float | None = None) -> list[str]:
    """Return the paragraphs of lines of one column, from top to bottom."""
    placed = [Placed(line, margins, 0) for line in lines]
    return [text for text, _ in group_lines(placed, spacing or usual_spacing(placed))]


class Placed(NamedTuple):
    """A line with the margins of its column and the number of the column."""

    line: Line
    margins: Margins
    column: int


def group_lines(placed: Sequence[Placed], spacing: float) -> Iterator[tuple[str, int]]:
    """Yield the paragraphs with the number of their lines; one may go on in the next column."""
    group: list[str] = []
    for above, below in zip([None, *placed], placed, strict=False):
        if above is not None and _divides(above, below, spacing):
            yield join_lines(group), len(group)
            group = []
        group.append(below.line.text)
    if group:
        yield join_lines(group), len(group)


def usual_spacing(placed: Iterable[Placed]) -> float:
    """Return the usual distance from one line to the next, in points; 0.0 when there is none."""
    steps = sorted(
        below.line.bottom - above.line.bottom
        for above, below in pairwise(placed)
        if above.column == below.column and below.line.bottom > above.line.bottom
    )
    return steps[len(steps) // 2] if steps else 0.0


def _divides(above: Placed, below: Placed, spacing: float) -> bool:
    """Whether a paragraph ends between two lines."""
    upper, lower = above.line, below.line
    size = lower.size
    if _has_wide(upper) and _has_wide(lower) and max(upper.size, size) > _OTHER_SIZE * min(upper.size, size):
        return True
    if above.column == below.column and lower.bottom - upper.bottom > max(_SPACING * spacing, 2 * size) > 0:
        return True
    if lower.x0 - below.margins.left > _INDENT * size:
        return True
    if upper.text.endswith(load_layout().sentence_end) and is_numbered(lower.text):
        return True
    return above.margins.right - upper.x1 > _width_of_word(lower) + _SHORT * size


def _has_wide(line: Line) -> bool:
    return any(is_wide(glyph.char) for glyph in line.glyphs)


def _width_of_word(line: Line) -> float:
    """Return the width of what could not be parted at the beginning of a line."""
    first = line.glyphs[0]
    if is_wide(first.char):
        return first.x1 - first.x0
    word = _WORD.match(line.text)
    last = line.glyphs[min(len(word[0]) if word else 1, len(line.glyphs)) - 1]
    return last.x1 - first.x0

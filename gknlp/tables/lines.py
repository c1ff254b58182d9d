"""The lines and cells of a text, and the values that are printed in them.

Nothing here knows a form.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec

from gknlp import model
from gknlp.model import Number

_HAN_FLOOR = "\u33ff"


class Value(msgspec.Struct, frozen=True, gc=False):  # what is made most often must be made fast
    """A printed value. ``number`` is ``None`` for a mark that stands for nothing and for a malformed number.

    ``money`` is the factor to 万元 of a cell that prints a unit of money.
    """

    start: int
    end: int
    number: Number | None
    malformed: bool = False
    money: float | None = None


class Spot(NamedTuple):
    """Where a row stands on its label's line: the cell of its label and those of its values, and how many there are.

    ``cells`` is empty when not all of its values stand on that line.
    """

    label: int
    cells: list[int]
    width: int


class Grid:
    """The lines and cells of a text: cells end at tabs, or at pipes in a line without tabs.

    What is asked about a line costs its length: it is asked for the rows of a form, which are few. ``exact`` are the
    tables whose cells the source states outright.
    """

    def __init__(self, folded: str, start: int, end: int) -> None:
        self._folded = folded
        self._start = start
        self.end = end
        self.exact: Sequence[model.Grid] = ()

    @cached_property
    def _starts(self) -> list[int]:
        """Where the lines begin."""
        starts, at = [], self._start
        for line in self._folded[at : self.end].split("\n"):
            starts.append(at)
            at += len(line) + 1
        return starts

    def line(self, position: int) -> int:
        """Return the number of the line that holds ``position``, counted from the region's start."""
        return bisect_right(self._starts, position) - 1

    def is_one_line(self, start: int, end: int) -> bool:
        """Whether no line ends between two places."""
        return self._folded.find("\n", start, end) < 0

    def _bounds(self, position: int) -> tuple[int, int]:
        """Return where the line that holds ``position`` begins and ends."""
        start = self._folded.rfind("\n", self._start, position) + 1
        end = self._folded.find("\n", position, self.end)
        return start or self._start, self.end if end < 0 else end

    def _delimiter(self, start: int, end: int) -> str:
        return "\t" if self._folded.find("\t", start, end) >= 0 else "|"

    def spot(self, label: int, values: Sequence[Value]) -> Spot:
        """Return where a label and its values stand on the label's line."""
        start, end = self._bounds(label)
        line = self._folded[start:end]
        delimiter = "\t" if "\t" in line else "|"
        cells: list[int] = []
        if start <= values[0].start and values[-1].start < end:
            cell = at = 0
            for value in values:
                position = value.start - start
                cell += line.count(delimiter, at, position)
                at = position
                cells.append(cell)
        return Spot(line.count(delimiter, 0, label - start), cells, line.count(delimiter) + 1)

    def cell(self, position: int) -> int:
        """Return the number of the cell that holds ``position``, counted from its line's start."""
        start, end = self._bounds(position)
        return self._folded.count(self._delimiter(start, end), start, position)

    def cells(self, label: int, value: int) -> tuple[int, int]:
        """Return :meth:`cell` of a label and of a value; most stand on one line."""
        start, end = self._bounds(label)
        if not start <= value < end:
            return self.cell(label), self.cell(value)
        delimiter = self._delimiter(start, end)
        return self._folded.count(delimiter, start, label), self._folded.count(delimiter, start, value)

    def width(self, position: int) -> int:
        """Return how many cells the line that holds ``position`` has."""
        start, end = self._bounds(position)
        return self._folded.count(self._delimiter(start, end), start, end) + 1

    def room(self, position: int) -> int:
        """Return how many cells follow the one that holds ``position`` on its line; a closing pipe opens none."""
        start, end = self._bounds(position)
        delimiter = self._delimiter(start, end)
        closed = delimiter == "|" and self._folded[start:end].rstrip().endswith("|")
        return self._folded.count(delimiter, position, end) - closed

    def cell_start(self, position: int) -> int:
        """Return where the cell that holds ``position`` begins."""
        start, end = self._bounds(position)
        found = self._folded.rfind(self._delimiter(start, end), start, position)
        return start if found < 0 else found + 1

    def is_text(self, start: int, end: int) -> bool:
        """Whether nothing but Han stands between two places."""
        return end > start and all(char > _HAN_FLOOR for char in self._folded[start:end])

    def has_pipes(self) -> bool:
        """Whether a pipe stands anywhere."""
        return self._folded.find("|", self._start, self.end) >= 0

    def pipes(self, start: int, end: int) -> int:
        """Return how many pipes stand between two places."""
        return self._folded.count("|", start, end)

"""Whose mistake: the smallest sets of cells whose change makes every identity of a table hold.

The search deepens cell by cell. In each step it takes the failing identity with the fewest cells: one of them must
change, by what makes one of the failing identities it stands in hold. Any two cells of a form differ in at least one
identity, so that this finds every set of one or two cells, and larger ones as far as the bound allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gknlp.checks.identities import System
from gknlp.model import Number

MOST_CELLS = 8
MAX_STEPS = 4_000
MAX_SETS = 50

Change = tuple[tuple[int, Number], ...]


class Culprits(NamedTuple):
    """The smallest changes, each a set of (cell, value that makes the identities hold), in order of the cells.

    ``stopped`` says that the search ended at its bound: then there may be others, and none is given.
    """

    changes: tuple[Change, ...]
    stopped: bool

    @property
    def only(self) -> Change | None:
        """The one smallest change, ``None`` when there is none or more than one."""
        return self.changes[0] if len(self.changes) == 1 else None


def find_culprits(
    system: System, values: tuple[Number | None, ...], failing: Mapping[int, Number] | None = None
) -> Culprits:
    """Return the smallest changes of filed values that make all identities hold that have all their values.

    Only whole numbers of 0 or more are tried. Identities with a cell without value say nothing and are left out. No
    change is needed when all hold: then there is none. ``failing`` are those that do not, where that is known.
    """
    search = _Search(system, values, system.failing(values) if failing is None else failing)
    for cells in range(search.least(), MOST_CELLS + 1):
        found = tuple(dict.fromkeys(tuple(sorted(change)) for change in search.changes(cells)))
        if search.steps > MAX_STEPS or len(found) > MAX_SETS:
            return Culprits((), True)
        if found:
            return Culprits(tuple(sorted(found)), False)
    return Culprits((), bool(search.failing))


class _Search:
    """Depth-first search over single changes; the values are changed in place and put back."""

    def __init__(self, system: System, values: tuple[Number | None, ...], failing: Mapping[int, Number]) -> None:
        self.steps = 0
        self.failing = dict(failing)
        self._identities = system.identities
        self._of_cell = system.of_cell
        unknown = {index for cell, value in enumerate(values) if value is None for index in system.of_cell[cell]}
        if unknown:
            self._of_cell = tuple([tuple([index for index in of if index not in unknown]) for of in self._of_cell])
        self._values = list(values)
        self._changed: dict[int, Number] = {}

    def least(self) -> int:
        """Return how many cells must change at least: identities of one rule share no cell."""
        return max(Counter(self._identities[index].rule for index in self.failing).values(), default=MOST_CELLS + 1)

    def changes(self, cells: int) -> Iterator[tuple[tuple[int, Number], ...]]:
        """Yield the changes of at most ``cells`` more cells; one may come more than once."""
        if not self.failing:
            yield tuple(self._changed.items())
            return
        if cells < self.least() or self.steps > MAX_STEPS:
            return
        tightest = min(self.failing, key=lambda index: (len(self._identities[index].cells), index))
        for cell in self._identities[tightest].cells:
            if cell not in self._changed:
                for by in self._amounts(cell):
                    yield from self._with(cell, by, cells)

    def _amounts(self, cell: int) -> set[Number]:
        """Return by how much the cell may change: so that a failing identity of it holds."""
        failing = [index for index in self._of_cell[cell] if index in self.failing]
        wanted = {-self.failing[index] * self._identities[index].sign(cell) for index in failing}
        value = self._values[cell]
        return {by for by in wanted if value is not None and _counts(value + by)}

    def _with(self, cell: int, by: Number, cells: int) -> Iterator[tuple[tuple[int, Number], ...]]:
        self.steps += 1
        value = self._values[cell]
        if value is None:
            return
        self._changed[cell] = value + by
        self._shift(cell, by)
        yield from self.changes(cells - 1)
        self._shift(cell, -by)
        del self._changed[cell]

    def _shift(self, cell: int, by: Number) -> None:
        for index in self._of_cell[cell]:
            difference = self.failing.pop(index, 0) + by * self._identities[index].sign(cell)
            if difference:
                self.failing[index] = difference


def _counts(value: Number) -> bool:
    return value >= 0 and value == int(value)

"""The identities of a form's table as linear equations over its numbered cells.

Each says that the sum of some cells equals the sum of others. What the checks judge one by one is here one system, so
that the cells behind several failures, and the values behind a gap, can be searched for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gknlp.checks.sheet import Grid
from gknlp.checks.site import Judge
from gknlp.checks.statistics import row_sums
from gknlp.checks.sums import SumJudge, identity
from gknlp.knowledge.forms import load_forms
from gknlp.knowledge.rules import Rule, load_rules
from gknlp.model import Number, TableId


class Identity(NamedTuple):
    """One equation at one place: the cells of ``plus`` and those of ``minus`` have the same sum."""

    rule: str
    where: dict[str, str]
    plus: tuple[int, ...]
    minus: tuple[int, ...]

    @property
    def cells(self) -> tuple[int, ...]:
        """All cells of the equation."""
        return (*self.plus, *self.minus)

    def sign(self, cell: int) -> int:
        """Return 1 for a cell of ``plus``, -1 for one of ``minus``."""
        return 1 if cell in self.plus else -1

    def difference(self, values: Sequence[Number | None]) -> Number | None:
        """Return left minus right, ``None`` when a cell has no value."""
        total: Number = 0
        for cell in self.plus:
            value = values[cell]
            if value is None:
                return None
            total += value
        for cell in self.minus:
            value = values[cell]
            if value is None:
                return None
            total -= value
        return total


class System(NamedTuple):
    """The identities of one table, and for each cell the numbers of those it stands in."""

    grid: Grid
    identities: tuple[Identity, ...]
    of_cell: tuple[tuple[int, ...], ...]

    def failing(self, values: Sequence[Number | None]) -> dict[int, Number]:
        """Return the identities that do not hold, by number, with left minus right."""
        found = ((index, one.difference(values)) for index, one in enumerate(self.identities))
        return {index: difference for index, difference in found if difference}


def make_system(grid: Grid, identities: tuple[Identity, ...]) -> System:
    """Return the system of ``identities`` over the cells of ``grid``."""
    of_cell: list[list[int]] = [[] for _ in grid.keys]
    for index, one in enumerate(identities):
        for cell in one.cells:
            of_cell[cell].append(index)
    return System(grid, identities, tuple(map(tuple, of_cell)))


@lru_cache(maxsize=64)
def system_for(form_id: str, table_id: TableId) -> System | None:
    """Return the identities of a table of an official form, ``None`` for a form without that table.

    >>> len(system_for("F2021", "remedies").identities)
    3
    """
    form = next((form for form in load_forms() if form.id == form_id), None)
    table = form.table_form(table_id) if form else None
    if table is None:
        return None
    grid = Grid(table)
    judges = [judge for rule in load_rules() if rule.table == table_id for judge in _sums(rule, grid)]
    sites = [judge.site for judge in judges if isinstance(judge, SumJudge)]
    return make_system(grid, tuple(Identity(site.rule.id, site.where, site.left, site.right) for site in sites))


def _sums(rule: Rule, grid: Grid) -> list[Judge]:
    """Return where a rule says that two sums are equal, whatever the report."""
    if rule.kind == "identity":
        return identity(rule, grid)
    equal = rule.kind == "rows" and rule.severity == "E" and rule.rows is not None and rule.rows.relation == "=="
    return row_sums(rule, grid) if equal else []

"""What a stated number may mean: the readings of the catalogue, found in the tables that a report prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from gknlp.checks.sheet import Grid, Sheet
from gknlp.knowledge.rules import Definition, load_rules
from gknlp.model import Number, TableId

Place = tuple[TableId, int]


class Meaning(NamedTuple):
    """One reading in the tables of a report: the cells that are added and those that are taken away."""

    id: str
    zh: str
    add: tuple[Place, ...]
    less: tuple[Place, ...]
    factor: int
    explains: bool
    each: bool

    @property
    def places(self) -> tuple[Place, ...]:
        """All cells."""
        return (*self.add, *self.less)

    def value(self, sheets: Mapping[TableId, Sheet]) -> Number | None:
        """Return the number, ``None`` when a cell has no value."""
        total: Number = 0
        for places, sign in ((self.add, 1), (self.less, -1)):
            for table, index in places:
                value = sheets[table].values[index]
                if value is None:
                    return None
                total += sign * value
        return total * self.factor if self.factor == 1 else round(total * self.factor, 6)


@lru_cache(maxsize=1024)
def meanings(rule_id: str, index: int, grids: tuple[Grid, ...]) -> tuple[Meaning, ...]:
    """Return what the numbers of statement ``index`` of a rule may mean in tables of these forms."""
    rule = next(rule for rule in load_rules() if rule.id == rule_id)
    known = {grid.form.id: grid for grid in grids}
    return tuple(found for definition in rule.stated[index].readings for found in _in_tables(definition, known))


@lru_cache(maxsize=256)
def whole_of(rule_id: str, grids: tuple[Grid, ...]) -> tuple[Place, ...]:
    """Return the cells of all that a rule's numbers are a part of, none where there are no such cells."""
    rule = next(rule for rule in load_rules() if rule.id == rule_id)
    return _places(rule.whole, {grid.form.id: grid for grid in grids}) or ()


def _in_tables(definition: Definition, grids: Mapping[TableId, Grid]) -> Iterator[Meaning]:
    add, less = _places(definition.add, grids), _places(definition.less, grids)
    if not add or less is None:
        return
    for group in [(place,) for place in add] if definition.each else [add]:
        yield Meaning(
            definition.id, definition.zh, group, less, definition.factor, definition.explains, definition.each
        )


def _places(terms: Sequence[str], grids: Mapping[TableId, Grid]) -> tuple[Place, ...] | None:
    """Return the cells of all terms, ``None`` when the tables do not have those of one."""
    found: list[Place] = []
    for term in terms:
        table, row, column = term.split("/")
        grid = next((grid for name, grid in grids.items() if name == table), None)
        cells = _cells(grid, row, column) if grid else ()
        if grid is None or not cells:
            return None
        found += [(grid.form.id, index) for index in cells]
    return tuple(found)


def _cells(grid: Grid, row: str, column: str) -> tuple[int, ...]:
    """Return the cells of a term; a group that the form prints as one row is that row."""
    rows = [row]
    if row.startswith("@"):
        name = row[1:]
        rows = [entry.id for entry in grid.form.rows if name in (entry.group, entry.role)] or [f"{name}_all"]
    return tuple(grid.at(entry, column) for entry in rows if column in grid.columns.get(entry, ()))

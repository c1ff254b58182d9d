"""A :class:`Site` is one place where a rule is applied; it makes the :class:`~gknlp.model.Check` of each outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import Formatter

from gknlp.checks.sheet import Grid, Reading, Sheet
from gknlp.knowledge.rules import Rule
from gknlp.model import Cause, Check, Number, Status

Judge = Callable[[Sheet, Reading], Check]

HOLDS = "holds"
NO_SUCH_CELLS = "the form has no such cells"
NOT_PRINTED = "the table is not printed"
_SHOWN = 3  # terms of a sum or missing cells that are all named; of longer lists only what matters


class Site:
    """A rule at one place of a form's table, with everything about it that no report changes.

    ``left`` and ``right`` number the cells of both sides; together they are the cells of the check. ``zero`` is the
    check of a rule that holds between zeros, as most do.
    """

    def __init__(
        self,
        rule: Rule,
        grid: Grid,
        where: dict[str, str],
        left: Sequence[int],
        right: Sequence[int] = (),
    ) -> None:
        self.rule = rule
        self.grid = grid
        self.where = where
        self.left = tuple(left)
        self.right = tuple(right)
        self.cells = (*self.left, *self.right)
        self.needed = frozenset(self.cells)
        self.keys = tuple(grid.names[index] for index in self.cells)
        self._place = self._label_place()
        self._names = self._name_cells()
        self._words = frozenset(word for _, word, _, _ in Formatter().parse(rule.message) if word)
        self._holds = self._check("pass", None, None, HOLDS)
        self.zero = self._check("pass", 0, 0, HOLDS)

    def passed(self, left: Number | None = None, right: Number | None = None) -> Check:
        """Return the check of a rule that holds; most hold between zeros, and those share one record."""
        if left is None and right is None:
            return self._holds
        if left == 0 and right == 0:
            return self.zero
        return self._check("pass", left, right, HOLDS)

    def failed(
        self,
        sheet: Sheet,
        left: Number | None,
        right: Number | None = None,
        *,
        used: Sequence[int] | None = None,
        level: str | None = None,
    ) -> Check:
        """Return the check of a rule that is broken; ``used`` are the cells that break it, where not all do."""
        cells = self.cells if used is None else tuple(used)
        keys = self.keys if used is None else tuple(self.grid.names[index] for index in cells)
        words: dict[str, Number | str | None] = {"place": self._place, "left": left, "right": right, "level": level}
        if "left_terms" in self._words:
            words["left_terms"] = self._terms(sheet, self.left if used is None else used)
        if "right_terms" in self._words:
            words["right_terms"] = self._terms(sheet, self.right)
        if "unit" in self._words:
            words["unit"] = self._unit()
        message = self.rule.message.format_map(words)
        return self._check("fail", left, right, message, keys=keys, cause=cause_of(sheet, cells))

    def unassessed(
        self, sheet: Sheet, left: Number | None = None, right: Number | None = None, *, why: str | None = None
    ) -> Check:
        """Return the check of a rule that lacks a value; ``why`` when it is not a cell that has none."""
        return self._check("not_assessable", left, right, why or self._missing(sheet))

    def _check(
        self,
        status: Status,
        left: Number | None,
        right: Number | None,
        message: str,
        *,
        keys: tuple[str, ...] | None = None,
        cause: Cause | None = None,
    ) -> Check:
        return Check(
            rule=self.rule.id,
            severity=self.rule.severity,
            status=status,
            table=self.rule.table,
            where=self.where,
            left=left,
            right=right,
            message=message,
            cells=self.keys if keys is None else keys,
            facts=(),
            cause=cause,
        )

    def _label_place(self) -> str:
        labels = {**self.grid.column_labels, **self.grid.row_labels}
        return " / ".join(labels[name] for name in self.where.values())

    def _terms(self, sheet: Sheet, cells: Sequence[int]) -> str:
        """Name the terms of a side with their values; of a long sum those that are not 0."""
        shown = cells if len(cells) <= _SHOWN else [index for index in cells if sheet.values[index]]
        return " + ".join(f"{self._names[index]} {sheet.values[index]}" for index in shown) or "0"

    def _name_cells(self) -> dict[int, str]:
        """Name each cell by what tells it apart from the others of the site: its column, its row or both."""
        grid, keys = self.grid, {index: self.grid.keys[index] for index in self.cells}
        if len({row for row, _ in keys.values()}) == 1:
            return {index: grid.column_labels[column] for index, (_, column) in keys.items()}
        if len({column for _, column in keys.values()}) == 1:
            return {index: grid.row_labels[row] for index, (row, _) in keys.items()}
        return {
            index: f"{grid.row_labels[row]} / {grid.column_labels[column]}" for index, (row, column) in keys.items()
        }

    def _unit(self) -> str:
        column = self.grid.keys[self.cells[0]][1]
        return next(entry.unit for entry in self.grid.form.columns if entry.id == column)

    def _missing(self, sheet: Sheet) -> str:
        empty = [index for index in self.cells if index in sheet.missing]
        rest = len(empty) - _SHOWN
        named = ", ".join([self._names[index] for index in empty[:_SHOWN]])
        return f"no value in {named} and {rest} more" if rest > 0 else f"no value in {named}"


def cause_of(sheet: Sheet, cells: Sequence[int]) -> Cause:
    """Return ``filing`` when all ``cells`` were read at their places from a clean table, else ``unknown``."""
    if sheet.clean and sheet.missing.isdisjoint(cells) and sheet.loose.isdisjoint(cells):
        return "filing"
    return "unknown"


def without_site(rule: Rule, status: Status, message: str) -> Check:
    """Return the one check of a rule that has no place: its cells or its table do not exist."""
    return Check(
        rule=rule.id,
        severity=rule.severity,
        status=status,
        table=rule.table,
        where={},
        left=None,
        right=None,
        message=message,
        cells=(),
        facts=(),
        cause=None,
    )

"""Rules that compare sums: the identities of the forms, subtotals, comparisons within a row, whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

from gknlp.checks.sheet import Grid, Reading, Sheet
from gknlp.checks.site import Judge, Site
from gknlp.knowledge.forms import Equation
from gknlp.knowledge.rules import Relation, Rule
from gknlp.model import Check, Number

_Pick = Callable[[tuple[Number | None, ...]], tuple[Number, ...]]


class SumJudge:
    """Compares the sums of both sides of a site; a tolerance widens what is allowed."""

    def __init__(self, site: Site, relation: Relation = "==") -> None:
        self.site = site
        self._most = site.rule.tolerance if relation != ">=" else None
        self._least = -site.rule.tolerance if relation != "<=" else None
        self._left = _picker(site.left)
        self._right = _picker(site.right)

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left and right: the sums of the two sides."""
        site = self.site
        if sheet.missing and not sheet.missing.isdisjoint(site.needed):
            return site.unassessed(sheet, _sum_of(sheet, site.left), _sum_of(sheet, site.right))
        left, right = sum(self._left(sheet.values)), sum(self._right(sheet.values))
        if left == right == 0:
            return site.zero
        if left == right or self._allows(left - right):
            return site.passed(left, right)
        return site.failed(sheet, left, right)

    def _allows(self, difference: Number) -> bool:
        return (self._most is None or difference <= self._most) and (self._least is None or difference >= self._least)


def _picker(cells: tuple[int, ...]) -> _Pick:
    """Return what takes the values of ``cells``: one call in C for the long sums, which are most of the work."""
    if len(cells) > 1:
        return itemgetter(*cells)
    return itemgetter(slice(cells[0], cells[0] + 1) if cells else slice(0, 0))


def _sum_of(sheet: Sheet, cells: tuple[int, ...]) -> Number | None:
    values = [sheet.values[index] for index in cells]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def identity(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply the form's equations of that rule: in each row or in each column."""
    judges: list[Judge] = []
    for equation in grid.form.equations:
        if equation.rule == rule.id:
            judges += (
                _along_rows(rule, grid, equation) if equation.along == "row" else _along_columns(rule, grid, equation)
            )
    return judges


def _along_rows(rule: Rule, grid: Grid, equation: Equation) -> list[Judge]:
    rows = equation.where or tuple(grid.row_labels)
    return [
        SumJudge(Site(rule, grid, row_place(grid, row), grid.row(row, equation.left), grid.row(row, equation.right)))
        for row in rows
    ]


def _along_columns(rule: Rule, grid: Grid, equation: Equation) -> list[Judge]:
    left, right = _rows(grid, equation.left), _rows(grid, equation.right)
    return _in_columns(rule, grid, left, right)


def _in_columns(rule: Rule, grid: Grid, left: Sequence[str], right: Sequence[str]) -> list[Judge]:
    return [
        SumJudge(
            Site(
                rule,
                grid,
                {"column": column},
                [grid.at(row, column) for row in left],
                [grid.at(row, column) for row in right],
            )
        )
        for column in grid.column_labels
    ]


def _rows(grid: Grid, terms: Sequence[str]) -> list[str]:
    """Return the rows that terms name; ``@role`` names all rows of that role."""
    return [row for term in terms for row in (grid.rows_of(term[1:]) if term.startswith("@") else (term,))]


def row_place(grid: Grid, row: str) -> dict[str, str]:
    """Return where a check of one row is: the rows of section 四 are its blocks."""
    return {"block" if grid.form.id == "remedies" else "row": row}


def subtotal(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to the subtotal rows that a form has: each is the sum of the rows of its group."""
    judges: list[Judge] = []
    for row, group in rule.subtotals.items():
        members = [entry.id for entry in grid.form.rows if entry.group == group]
        if row in grid.row_labels and members:
            judges += _in_columns(rule, grid, [row], members)
    return judges


def comparison(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to every row that has all the columns compared."""
    wanted = rule.comparison
    if wanted is None:
        return []
    columns = {*wanted.left, *wanted.right}
    rows = [row for row, filled in grid.columns.items() if columns <= set(filled)]
    return [
        SumJudge(
            Site(rule, grid, row_place(grid, row), grid.row(row, wanted.left), grid.row(row, wanted.right)),
            wanted.relation,
        )
        for row in rows
    ]


class WholeJudge:
    """Wants whole numbers of 0 or more in all cells of a site; a failure names the cells that are not."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left: the first value that is no whole number of 0 or more."""
        if sheet.odd:
            odd = [index for index in self.site.cells if index in sheet.odd]
            if odd:
                return self.site.failed(sheet, sheet.values[odd[0]], used=odd)
        if sheet.missing and not sheet.missing.isdisjoint(self.site.needed):
            return self.site.unassessed(sheet)
        return self.site.passed()


def whole_numbers(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to every row, or to the rule's columns of every row that has one."""
    judges: list[Judge] = []
    for row, filled in grid.columns.items():
        columns = [column for column in filled if not rule.columns or column in rule.columns]
        if columns:
            judges.append(WholeJudge(Site(rule, grid, row_place(grid, row), grid.row(row, columns))))
    return judges

"""Rules of the statistics of 2014 to 2018, whose cells stand in one column, one below the other."""

from __future__ import annotations

from gknlp.checks.sheet import Grid, Reading, Sheet
from gknlp.checks.site import Judge, Site
from gknlp.checks.sums import SumJudge
from gknlp.knowledge.rules import Rule
from gknlp.model import Check


def row_sums(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to every column: the rows of one side against those of the other."""
    relation = rule.rows.relation if rule.rows else "=="
    return [SumJudge(site, relation) for site in _sites(rule, grid)]


class CoverJudge:
    """Wants a total between the largest of its parts, which may overlap, and their sum."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left: the total; right: the sum of the parts."""
        site = self.site
        if not sheet.missing.isdisjoint(site.needed):
            return site.unassessed(sheet)
        parts = [sheet.values[index] or 0 for index in site.right]
        total = sheet.values[site.left[0]] or 0
        if max(parts) <= total <= sum(parts):
            return site.passed(total, sum(parts))
        return site.failed(sheet, total, sum(parts))


def cover(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to every column."""
    return [CoverJudge(site) for site in _sites(rule, grid)]


def _sites(rule: Rule, grid: Grid) -> list[Site]:
    """Return a place in each column that has all the rows compared."""
    wanted = rule.rows
    if wanted is None or not {*wanted.left, *wanted.right} <= set(grid.row_labels):
        return []
    return [
        Site(
            rule,
            grid,
            {"row": wanted.left[0]} if len(grid.column_labels) == 1 else {"row": wanted.left[0], "column": column},
            [grid.at(row, column) for row in wanted.left],
            [grid.at(row, column) for row in wanted.right],
        )
        for column in grid.column_labels
    ]

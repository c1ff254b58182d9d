"""Rules of section 二 that compare no sums: who may make rules, amounts and their units, a known misreading."""

from __future__ import annotations

import re

from gknlp.checks.sheet import Grid, Reading, Sheet
from gknlp.checks.site import Judge, Site
from gknlp.knowledge.rules import Rule
from gknlp.model import Check

_LONG_FRACTION = re.compile(r"[.．]\d{5}")


class AuthorityJudge:
    """Finds rules filed by an issuer that may make none."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Any value above 0 fails at a level without the power; without a known level it cannot be assessed."""
        site = self.site
        filed = {index: value for index in site.cells if (value := sheet.values[index]) is not None and value > 0}
        if not filed:
            return site.passed(0, 0) if sheet.missing.isdisjoint(site.needed) else site.unassessed(sheet)
        most = max(filed.values())
        if reading.level is None:
            return site.unassessed(sheet, most, why="the level of the issuer is not known")
        if reading.level in site.rule.levels:
            return site.passed(most)
        return site.failed(sheet, most, 0, used=tuple(filed), level=reading.level)


def authority(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to the row of regulations."""
    row = "regulations"
    return [AuthorityJudge(Site(rule, grid, {"row": row}, grid.row(row)))] if row in grid.columns else []


class AmountJudge:
    """Finds an amount that is negative, too finely written or too large for the issuer's level."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left: the amount; right: the limit of the level."""
        site = self.site
        cell = sheet.cells[site.cells[0]]
        limits = site.rule.limits
        limit = limits.get(reading.level or "any", limits["any"])
        if cell.value is None:
            return site.unassessed(sheet, None, limit)
        # The printed digits count: an amount converted from yuan has more decimals than were filed.
        if 0 <= cell.value <= limit and not _LONG_FRACTION.search(cell.raw):
            return site.passed(cell.value, limit)
        return site.failed(sheet, cell.value, limit)


def amount_format(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to the amount of fees."""
    wanted = ("fees", "amount_wan")
    return [AmountJudge(Site(rule, grid, {"row": "fees"}, [grid.at(*wanted)]))] if wanted in grid.keys else []


class MisreadJudge:
    """Finds the number of items after this year's change filed as the number of decisions."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left: the decisions; right: the items after the change. A change of 0 tells nothing and passes."""
        site = self.site
        decisions, before, change = (sheet.values[index] for index in site.cells)
        if decisions is None or before is None or change is None:
            return site.unassessed(sheet, decisions)
        if change and decisions == before + change:
            return site.failed(sheet, decisions, before + change)
        return site.passed(decisions, before + change)


def misread(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to every row with decisions and items."""
    sides = ("decisions",), ("items_prev", "items_change")
    rows = [row for row, columns in grid.columns.items() if {*sides[0], *sides[1]} <= set(columns)]
    return [
        MisreadJudge(Site(rule, grid, {"row": row}, grid.row(row, sides[0]), grid.row(row, sides[1]))) for row in rows
    ]


class UnitPriceJudge:
    """Finds an amount that does not fit the number of things it pays for."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left: the amount; right: the number."""
        site = self.site
        amount, count = (sheet.values[index] for index in site.cells)
        if amount is None or count is None:
            return site.unassessed(sheet, amount, count)
        limits = site.rule.limits
        fits = limits["least"] * count <= amount <= limits["most"] * count
        return site.passed(amount, count) if fits else site.failed(sheet, amount, count)


def unit_price(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to procurement."""
    amount, count = ("procurement", "amount_wan"), ("procurement", "project_count")
    if amount not in grid.keys or count not in grid.keys:
        return []
    return [UnitPriceJudge(Site(rule, grid, {"row": "procurement"}, [grid.at(*amount)], [grid.at(*count)]))]

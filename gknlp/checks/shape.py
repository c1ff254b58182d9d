"""Rules about how section 三 and section 四 are filled: widths of rows, empty totals, cases without requests."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from gknlp.checks.sheet import TOTAL, Grid, Reading, Sheet
from gknlp.checks.site import NOT_PRINTED, Judge, Site, cause_of
from gknlp.checks.sums import row_place
from gknlp.knowledge.rules import Rule
from gknlp.model import Cell, Check, Number

_NUMBER = re.compile(r"\d[\d,.，．]*")


class WidthJudge:
    """Counts the values that a printed row has."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._width = len(site.cells)
        self._whole = site.passed(self._width, self._width)

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left: the values printed; right: the columns of the form."""
        if not sheet.loose or sheet.loose.isdisjoint(self.site.needed):
            return self._whole
        cells = [sheet.cells[index] for index in self.site.cells]
        if cells[0].state == "absent" and all(cell.state == "absent" for cell in cells):
            return self.site.unassessed(sheet, right=self._width, why="the row is not printed")
        count = printed_values(cells)
        if count == self._width:
            why = f"{count} values are printed, but which are this row's cannot be told"
            return self.site.unassessed(sheet, count, self._width, why=why)
        return self.site.failed(sheet, count, self._width)


def printed_values(cells: list[Cell]) -> int:
    """Return how many values a row prints.

    Where its numbers could not be told apart by column, cells carry the whole run of numbers as ``raw``: the longest
    ``raw`` is the run, and its numbers are counted. A solved row lost at least one, whatever stands in its run.
    """
    solved = "solved" in [cell.reading for cell in cells]
    if not solved:
        spans = [(cell.start, cell.end) for cell in cells if cell.state == "unreadable" and cell.start is not None]
        if len(set(spans)) == len(spans):
            return len([cell for cell in cells if cell.state in ("number", "dash")])
    count = len(_NUMBER.findall(max([cell.raw for cell in cells], key=len)))
    return min(count, len(cells) - 1) if solved else count


def width(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to every row."""
    return [WidthJudge(Site(rule, grid, row_place(grid, row), grid.row(row))) for row in grid.row_labels]


class ZeroTotalRowJudge:
    """Finds a total row (the site's left cells) at 0 beside results (their total column is the site's right)."""

    def __init__(self, site: Site, total: int, results: tuple[int, ...]) -> None:
        self.site = site
        self._total = total
        self._results = results

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left: the row's total; right: the sum of the results."""
        site = self.site
        if not sheet.missing.isdisjoint(site.left):
            return site.unassessed(sheet)
        # The total column may be empty as well: then the applicants' columns speak.
        results = _known(sheet, site.right) or _known(sheet, self._results)
        if any(sheet.values[index] for index in site.left):
            return site.passed(sheet.values[self._total], results)
        if results:
            return site.failed(sheet, 0, results)
        return site.passed(0, 0) if sheet.missing.isdisjoint(site.right) else site.unassessed(sheet)


def _known(sheet: Sheet, cells: Sequence[int]) -> Number:
    values = [sheet.values[index] for index in cells]
    return sum(value for value in values if value is not None)


def zero_total_row(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to the row of role ``result_total``."""
    results = grid.rows_of("leaf")
    parts = tuple(index for row in results for index in grid.row(row) if grid.keys[index][1] != TOTAL)
    return [
        ZeroTotalRowJudge(
            Site(rule, grid, {"row": row}, grid.row(row), [grid.at(result, TOTAL) for result in results]),
            grid.at(row, TOTAL),
            parts,
        )
        for row in grid.rows_of("result_total")
    ]


class BlankTotalColumnJudge:
    """Counts the rows that print a total among those that have numbers for applicants."""

    def __init__(self, site: Site, rows: tuple[tuple[int, tuple[int, ...]], ...]) -> None:
        self.site = site
        self._rows = rows
        self._whole = site.passed(len(rows), len(rows))

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left: the rows that print a total; right: the rows that have numbers for applicants."""
        if not sheet.missing:
            return self._whole
        filled = [total for total, parts in self._rows if not sheet.missing.issuperset(parts)]
        printed = sum(1 for total in filled if sheet.cells[total].state in ("number", "unreadable"))
        if not filled:
            return self.site.unassessed(sheet, printed, 0, why="no row has a number for an applicant")
        if 2 * printed < len(filled):
            return self.site.failed(sheet, printed, len(filled))
        return self.site.passed(printed, len(filled))


def blank_total_column(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to the total column."""
    rows = tuple(
        (grid.at(row, TOTAL), tuple(index for index in grid.row(row) if index != grid.at(row, TOTAL)))
        for row in grid.row_labels
    )
    return [BlankTotalColumnJudge(Site(rule, grid, {"column": TOTAL}, [total for total, _ in rows]), rows)]


class WithoutRequestsJudge:
    """Finds reviews and suits beside a section 三 without requests."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __call__(self, sheet: Sheet, reading: Reading) -> Check:
        """Left: all reviews and suits; right: the requests received and carried in."""
        site = self.site
        if not sheet.missing.isdisjoint(site.needed):
            return site.unassessed(sheet)
        cases = _known(sheet, site.left)
        requests = reading.sheets.get("requests")
        if requests is None:
            return site.passed(0, 0) if not cases else site.unassessed(sheet, cases, why=f"requests: {NOT_PRINTED}")
        received = [
            requests.grid.at(row, TOTAL) for role in ("new", "carried_in") for row in requests.grid.rows_of(role)
        ]
        names = tuple(requests.grid.names[index] for index in received)
        check = self._judge(sheet, requests, cases, received)
        return msgspec.structs.replace(check, cells=check.cells + names)

    def _judge(self, sheet: Sheet, requests: Sheet, cases: Number, received: list[int]) -> Check:
        if not requests.missing.isdisjoint(received):
            return self.site.unassessed(sheet, cases, why="requests: no value for what was received or carried in")
        total = _known(requests, received)
        if total or not cases:
            return self.site.passed(cases, total)
        check = self.site.failed(sheet, cases, total)
        return check if cause_of(requests, received) == check.cause else msgspec.structs.replace(check, cause="unknown")


def without_requests(rule: Rule, grid: Grid) -> list[Judge]:
    """Apply to the totals of all blocks at once."""
    return [WithoutRequestsJudge(Site(rule, grid, {"column": TOTAL}, [grid.at(row, TOTAL) for row in grid.row_labels]))]

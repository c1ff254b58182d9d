"""Rows that were read at the wrong places: another reading of what a row prints that satisfies every identity.

A copy that lost a value or glued two together shifts what follows. Where the numbers of a row fit nowhere but at other
places, the copy is to blame and not the issuer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from gknlp.checks.identities import System
from gknlp.checks.sheet import TOTAL, Grid, Sheet
from gknlp.model import Number
from gknlp.tables.solve import Candidate, Known, Roles, candidates, solve

_NUMBER = re.compile(r"[0-9０-９]+")
_MOST_EXTRA = 2
_MOST_ROWS = 12

Reading = dict[int, int]
Options = dict[str, tuple[Candidate, ...]]


def find_realigned(system: System, sheet: Sheet, broken: Iterable[int]) -> Reading:
    """Return, by cell, the values of the one other reading that satisfies every identity of section 三.

    Only rows that print another count of numbers than the form has columns, or whose numbers could not be told apart,
    have other readings: with a value lost, with two glued together, with a number too many. Nothing when no such row
    stands in a failing identity or lacks a value, and nothing when several readings are possible. ``broken`` are the
    identities that fail.
    """
    roles = _roles(system.grid)
    if roles is None:
        return {}
    if not sheet.loose:
        return {}
    failing = {cell for index in broken for cell in system.identities[index].cells}
    doubtful = [row for row in system.grid.row_labels if _is_doubtful(sheet, system.grid.row(row), failing)]
    if not doubtful or len(doubtful) > _MOST_ROWS:
        return {}
    options = {row: found for row in doubtful if (found := _readings(sheet, row))}
    known: dict[str, Known] = {
        row: tuple(_whole(sheet.values[cell]) for cell in system.grid.row(row))
        for row in system.grid.row_labels
        if row not in doubtful
    }
    if not options or any(None in row for row in known.values()) or len(options) < len(doubtful):
        return {}
    return _changes(sheet, _only(options, known, roles))


def _only(options: Options, known: dict[str, Known], roles: Roles) -> dict[str, tuple[int, ...]]:
    """Return the one reading of each row that satisfies all identities together, nothing when there are several."""
    solution = solve(options, known, roles)
    if solution.stopped or solution.level != "totals":
        return {}
    vectors = {row: {candidate.vector for candidate in left} for row, left in solution.rows.items()}
    if any(len(found) != 1 for found in vectors.values()):
        return {}
    return {row: next(iter(found)) for row, found in vectors.items()}


def _changes(sheet: Sheet, vectors: dict[str, tuple[int, ...]]) -> Reading:
    """Return the cells that another reading changes; a row where it only fills gaps was read at the right places."""
    changes: Reading = {}
    for row, vector in vectors.items():
        changed = {
            cell: value for cell, value in zip(sheet.grid.row(row), vector, strict=True) if sheet.values[cell] != value
        }
        if any(sheet.cells[cell].state in ("number", "unreadable") for cell in changed):
            changes |= changed
    return changes


def _roles(grid: Grid) -> Roles | None:
    """Return the rows that the column equations speak of; ``None`` when the last column is no total."""
    if not grid.filled or grid.filled[-1] != TOTAL or not grid.rows_of("new"):
        return None
    new, carried_in, result_total, carried_out = (
        next(iter(grid.rows_of(role)), None) for role in ("new", "carried_in", "result_total", "carried_out")
    )
    return Roles(grid.rows_of("leaf"), new, carried_in, result_total, carried_out)


def _is_doubtful(sheet: Sheet, cells: tuple[int, ...], failing: set[int]) -> bool:
    """Whether a row has a cell that was not read where it stood, and fails an identity or lacks a value."""
    if sheet.loose.isdisjoint(cells):
        return False
    return not (sheet.missing.isdisjoint(cells) and failing.isdisjoint(cells))


def printed_numbers(sheet: Sheet, row: str) -> tuple[str, ...]:
    """Return the digits that a row prints, in order; cells that carry a whole run repeat it, it counts once."""
    spans = {
        (cell.start, cell.end): cell.raw
        for cell in (sheet.cells[index] for index in sheet.grid.row(row))
        if cell.start is not None
    }
    return tuple(number for _, raw in sorted(spans.items()) for number in _NUMBER.findall(raw))


def _readings(sheet: Sheet, row: str) -> tuple[Candidate, ...]:
    """Return the rows of whole numbers that what is printed could be, each holding its row sum."""
    cells = sheet.grid.row(row)
    width = len(cells)
    digits = printed_numbers(sheet, row)
    numbers = [int(number) for number in digits]
    if not numbers or len(numbers) > width + _MOST_EXTRA:
        return ()
    found = list(candidates(numbers, width, [None] * width) or ()) if len(numbers) < width else []
    found += _unglued(digits, width)
    found += [_exact(kept) for kept in combinations(numbers, width) if len(numbers) >= width and _adds_up(kept)]
    return tuple(found)


def _unglued(digits: Sequence[str], width: int) -> list[Candidate]:
    """Return the readings with one printed number cut in two."""
    if len(digits) != width - 1:
        return []
    rows = [
        (*map(int, digits[:at]), int(number[:cut]), int(number[cut:]), *map(int, digits[at + 1 :]))
        for at, number in enumerate(digits)
        for cut in range(1, len(number))
        if number[cut] != "0" or cut == len(number) - 1
    ]
    return [_exact(row) for row in rows if _adds_up(row)]


def _exact(vector: tuple[int, ...]) -> Candidate:
    return Candidate(vector, tuple(range(len(vector))))


def _adds_up(row: Sequence[int]) -> bool:
    return sum(row[:-1]) == row[-1]


def _whole(value: Number | None) -> int | None:
    return int(value) if value is not None and value == int(value) else None

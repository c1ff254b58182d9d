"""Whose mistake a failed identity is, and what the identities say of the cells without a value.

Filed values are never changed: a repair is a proposal beside the value, with the equation that proves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from gknlp import findings
from gknlp.checks.culprits import Culprits, find_culprits
from gknlp.checks.identities import Identity, System, system_for
from gknlp.checks.implied import Implied, implied_by
from gknlp.checks.realign import find_realigned
from gknlp.checks.sheet import Grid, Sheet, read_sheet
from gknlp.model import Check, Diagnostic, Number, Repair, Table, TableId

_SHOWN = 3
_UNKNOWN = "x"
_TO_LOOK_AT = frozenset({"fail", "not_assessable"})


class Attribution(NamedTuple):
    """Tables with repairs, checks with the cause of each failure, and what is to be said beside them."""

    tables: tuple[Table, ...]
    checks: tuple[Check, ...]
    diagnostics: tuple[Diagnostic, ...]


class Findings(NamedTuple):
    """What the identities tell of one table: rows read at other places, culprits, implied values; all by cell."""

    realigned: Mapping[int, int]
    culprits: Culprits
    implied: Mapping[int, Implied]


def attribute(tables: tuple[Table, ...], checks: tuple[Check, ...]) -> Attribution:
    """Return ``tables`` and ``checks`` with repairs and causes.

    A cell without a value gets a repair when the identities leave one value only; a filed one when it belongs to the
    one smallest set of cells whose change makes all identities hold, or to a row that satisfies them only when its
    numbers stand at other places. A failed identity of such a row has the cause ``extraction``. Diagnostics name the
    culprits, and say how many smallest changes or solutions there are where there is more than one.

    Args:
        tables: the printed tables.
        checks: what :func:`~gknlp.checks.run_checks` says of them; a table of which all hold is not looked at.
    """
    mended: list[Table] = []
    notes: list[Diagnostic] = []
    misread: set[str] = set()
    doubtful = {check.table for check in checks if check.severity == "E" and check.status in _TO_LOOK_AT}
    for table in tables:
        system = system_for(table.form, table.id) if table.id in doubtful else None
        if system is None or not system.identities:
            mended.append(table)
            continue
        sheet = read_sheet(table, system.grid)
        found = examine(system, sheet)
        mended.append(_with_repairs(table, system, sheet, found))
        notes += _notes(table.id, system, sheet, found)
        misread |= {system.grid.names[cell] for cell in found.realigned}
    return Attribution(tuple(mended), _with_causes(checks, misread), tuple(notes))


def examine(system: System, sheet: Sheet) -> Findings:
    """Return what the identities tell of one table; nothing when all hold and no cell lacks a value."""
    nothing = Findings({}, Culprits((), False), {})
    failing = system.failing(sheet.values)
    if not failing and not sheet.missing:
        return nothing
    realigned = find_realigned(system, sheet, failing)
    values = sheet.values
    if realigned:
        values = tuple(realigned.get(cell, value) for cell, value in enumerate(values))
        failing = system.failing(values)
    if failing:
        return Findings(realigned, find_culprits(system, values, failing), {})
    return Findings(realigned, nothing.culprits, implied_by(system, values))


def _with_repairs(table: Table, system: System, sheet: Sheet, found: Findings) -> Table:
    """Return the table with the repairs that have one solution."""
    repairs = {cell: _realigned_repair(system, cell, value) for cell, value in found.realigned.items()}
    if found.culprits.only:
        repairs |= _culprit_repairs(system, sheet.values, dict(found.culprits.only))
    if found.implied:
        known = {cell: one.value for cell, one in found.implied.items() if one.proof is not None}
        values = [found.realigned.get(cell, known.get(cell, value)) for cell, value in enumerate(sheet.values)]
        for cell, implied in found.implied.items():
            if implied.value is not None:
                repairs[cell] = _implied_repair(system, values, cell, implied, sheet.missing)
    if not repairs:
        return table
    by_key = {system.grid.keys[cell]: repair for cell, repair in repairs.items()}
    found_at = [(cell, by_key.get((cell.row, cell.column))) for cell in table.cells]
    cells = [msgspec.structs.replace(cell, repair=repair) if repair else cell for cell, repair in found_at]
    return msgspec.structs.replace(table, cells=tuple(cells))


def _realigned_repair(system: System, cell: int, value: int) -> Repair:
    rules = _rules_of(system, cell)
    proof = f"the numbers of this row satisfy {', '.join(rules)} only when they stand at other places"
    return Repair(value=value, rule=rules[0], unique=True, proof=proof)


def _culprit_repairs(
    system: System, values: Sequence[Number | None], change: Mapping[int, Number]
) -> dict[int, Repair]:
    """Return the changes of filed values, each proven by an identity that fails without it."""
    failing = system.failing(values)
    after = [change.get(index, one) for index, one in enumerate(values)]
    claim = f"{len(change)} change(s) make every identity hold, and no other so few"
    repairs = {}
    for cell, value in change.items():
        broken = [index for index in system.of_cell[cell] if index in failing] or list(system.of_cell[cell])
        one = system.identities[broken[0]]
        proof = f"{claim}; {_equation(system, one, after, cell)}"
        repairs[cell] = Repair(value=value, rule=one.rule, unique=True, proof=proof)
    return repairs


def _implied_repair(
    system: System, values: Sequence[Number | None], cell: int, implied: Implied, missing: frozenset[int]
) -> Repair:
    """Return an implied value; ``values`` hold what is implied elsewhere, too."""
    value = implied.value or 0
    if implied.proof is None:
        rules = _rules_of(system, cell)
        proof = f"the only value in all {implied.solutions} solution(s) of {', '.join(rules)}"
        return Repair(value=value, rule=rules[0], unique=True, proof=proof)
    others = len(missing.intersection(implied.proof.cells)) - 1
    rest = f", and none of the {others} other cells without value is below 0" if others else ""
    proof = f"{_equation(system, implied.proof, values, cell)}{rest}"
    return Repair(value=value, rule=implied.proof.rule, unique=True, proof=proof)


def _rules_of(system: System, cell: int) -> list[str]:
    return list(dict.fromkeys(system.identities[index].rule for index in system.of_cell[cell]))


def _equation(system: System, one: Identity, values: Sequence[Number | None], cell: int) -> str:
    """Return an identity in numbers: the cell as ``x``, zeros and all other cells without value left out."""
    grid = system.grid
    place = " / ".join({**grid.column_labels, **grid.row_labels}[name] for name in one.where.values())
    left, right = (_side(cells, values, cell) for cells in (one.plus, one.minus))
    return f"{one.rule} ({place}): {left} = {right}"


def _side(cells: Sequence[int], values: Sequence[Number | None], unknown: int) -> str:
    terms = [_UNKNOWN if cell == unknown else str(values[cell]) for cell in cells if cell == unknown or values[cell]]
    return " + ".join(terms) or "0"


def _notes(table: TableId, system: System, sheet: Sheet, found: Findings) -> list[Diagnostic]:
    notes = []
    grid, culprits = system.grid, found.culprits
    if found.realigned:
        rows = dict.fromkeys(grid.keys[cell][0] for cell in found.realigned)
        notes.append(findings.report("rows_misread", table=table, count=len(rows), rows=", ".join(rows)))
    if culprits.only:
        changes = _changes(grid, sheet, culprits.only)
        notes.append(findings.report("culprits", table=table, count=len(culprits.only), changes=changes))
    elif culprits.changes:
        shown = " | ".join(_changes(grid, sheet, change) for change in culprits.changes[:_SHOWN])
        notes.append(findings.report("culprits_ambiguous", table=table, count=len(culprits.changes), shown=shown))
    elif culprits.stopped:
        notes.append(findings.report("culprits_not_found", table=table))
    return notes + _about_open(table, grid, found.implied)


def _about_open(table: TableId, grid: Grid, implied: Mapping[int, Implied]) -> list[Diagnostic]:
    """Say of the cells that could have several values how many solutions there are."""
    several = [cell for cell, one in implied.items() if one.value is None]
    if not several:
        return []
    counts = [implied[cell].solutions for cell in several]
    most = "more than could be counted" if None in counts else str(max(count for count in counts if count))
    cells = ", ".join("/".join(grid.keys[cell]) for cell in several[:_SHOWN])
    return [findings.report("repairs_ambiguous", table=table, count=len(several), solutions=most, cells=cells)]


def _changes(grid: Grid, sheet: Sheet, change: Sequence[tuple[int, Number]]) -> str:
    return ", ".join(f"{'/'.join(grid.keys[cell])} {sheet.values[cell]} -> {value}" for cell, value in change)


def _with_causes(checks: tuple[Check, ...], misread: set[str]) -> tuple[Check, ...]:
    """Return the checks with the cause ``extraction`` where a failure is of a row that was read at wrong places."""
    if not misread:
        return checks
    return tuple(
        msgspec.structs.replace(check, cause="extraction")
        if check.status == "fail" and not misread.isdisjoint(check.cells)
        else check
        for check in checks
    )

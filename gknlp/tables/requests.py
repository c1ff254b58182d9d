"""Section 三: 23 or 25 rows of seven numbers, short rows placed by the form's equations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gknlp import findings
from gknlp.knowledge.forms import Column, TableForm
from gknlp.model import Cell, Diagnostic
from gknlp.tables import cells as make
from gknlp.tables.columns import request_order
from gknlp.tables.lexer import Grid, Value
from gknlp.tables.match import Found, Hit
from gknlp.tables.rows import Places, Run, about_rows, positions, runs
from gknlp.tables.solve import Candidate, Known, Level, Roles, Solution, candidates, solve

_EQUATIONS: dict[Level, str] = {
    "totals": "the row sums, the item totals and the balance",
    "items": "the row sums and the item totals (the balance does not hold)",
    "leaves": "the row sums and the balance of the items (the total row does not fit)",
    "rows": "the row sums alone (the column equations do not hold)",
}


def read_requests(text: str, grid: Grid, found: Found, form: TableForm) -> tuple[list[Cell], list[Diagnostic]]:
    """Return the cells of section 三 in form order and what is to be said about them."""
    canonical = tuple(column.id for column in form.columns)
    names = [row.id for row in form.rows]
    width = len(canonical)
    by_row, notes = runs(found.rows, grid, dict.fromkeys(names, width), "requests")
    header = _header(found)
    order, stated, _ = request_order(header, form.columns)
    if order is None or not stated:
        notes.append(findings.report("header_unclear" if order else "column_order_unclear", table="requests"))
    places = [order.index(column) for column in canonical] if order else []
    placed = positions(grid, header, by_row, width)
    short = {row: run for row, run in by_row.items() if row not in placed and _is_short(run, width)}
    solution = None
    if short and order is not None and order[-1] == canonical[-1]:
        solution = _place(short, by_row, placed, form)
    cells: list[Cell] = []
    for name in names:
        run = by_row.get(name)
        if run is None:
            cells += [make.absent(name, column) for column in canonical]
            continue
        left = solution.rows.get(name, ()) if solution else ()
        cells += _row(text, run, form.columns, places, placed.get(name), left)
    notes += about_rows(text, by_row, names, "requests")
    notes += _about_short(short, solution, cells)
    notes += [note for row, run in by_row.items() for note in _about_fractions(text, run)]
    for row, run in by_row.items():
        if run.doubt is None and 0 < len(run.values) < width and row not in placed and row not in short:
            notes.append(findings.report("row_short", table="requests", row=row, count=len(run.values), width=width))
    return cells, notes


def _about_fractions(text: str, run: Run) -> list[Diagnostic]:
    """Say which printed values are no counts."""
    raws = [text[value.start : value.end] for value in run.values if type(value.number) is float]
    return [findings.report("row_malformed", table="requests", row=run.id, raw=raw) for raw in raws]


def _header(found: Found) -> list[Hit]:
    """Return the labels of the first printed header: those right before the first row, else all."""
    header: list[Hit] = []
    for entry in found.sequence:
        if isinstance(entry, Value):
            header = []
        elif entry.meaning.kind == "row":
            break
        elif entry.meaning.kind in ("column", "header"):
            header.append(entry)
    return header or [hit for hit in found.headers if hit.meaning.kind in ("column", "header")]


def _is_short(run: Run, width: int) -> bool:
    if run.doubt is not None or not 0 < len(run.values) < width:
        return False
    return all(isinstance(value.number, int) and value.number >= 0 for value in run.values)


def _row(
    text: str,
    run: Run,
    columns: tuple[Column, ...],
    places: list[int],
    placed: tuple[int | None, ...] | None,
    left: tuple[Candidate, ...],
) -> list[Cell]:
    """Return the cells of one printed row; ``places`` are the columns' places in print, empty when not known."""
    values = run.values
    if not values:
        return [make.blank(run.id, column.id, run.hit.label.end) for column in columns]
    if not places or run.doubt:
        return [make.unknown(text, run.id, column.id, values) for column in columns]
    if len(values) == len(columns):
        return make.printed_row(text, run.id, columns, [values[place] for place in places])
    if placed is not None:
        pairs = zip(columns, places, strict=True)
        return [_placed(text, run, column, placed[place]) for column, place in pairs]
    agreed = make.agreement(left, len(columns))
    pairs = zip(columns, places, strict=True)
    return [make.settled(text, run.id, column.id, agreed[place], values) for column, place in pairs]


def _placed(text: str, run: Run, column: Column, index: int | None) -> Cell:
    if index is None:
        return make.blank(run.id, column.id, run.values[0].start)
    return make.printed(text, run.id, column, run.values[index])


def _place(short: Mapping[str, Run], by_row: Mapping[str, Run], placed: Places, form: TableForm) -> Solution | None:
    """Return the placements of all short rows; ``None`` when a row of them says too little to be listed."""
    width = len(form.columns)
    known = {row: _known(run, placed.get(row), width) for row, run in by_row.items() if row not in short}
    roles = _roles(form)
    bounds = _bounds(known, roles, width)
    options: dict[str, tuple[Candidate, ...]] = {}
    for row, run in short.items():
        listed = _candidates(tuple(int(value.number or 0) for value in run.values), width, bounds)
        if listed is None:
            known[row] = (None,) * width
        else:
            options[row] = listed
    # A row that is zero wherever its lost number stood says nothing in any equation: the search need not carry it.
    fixed = {row: listed for row, listed in options.items() if listed and not any(any(o.vector) for o in listed)}
    known |= {row: listed[0].vector for row, listed in fixed.items()}
    open_rows = {row: listed for row, listed in options.items() if row not in fixed}
    if not open_rows:
        return Solution(fixed, 1, "totals", False) if fixed else None
    solution = solve(open_rows, known, roles)
    return solution._replace(rows={**fixed, **solution.rows})


@lru_cache(maxsize=512)
def _candidates(numbers: tuple[int, ...], width: int, bounds: tuple[int | None, ...]) -> tuple[Candidate, ...] | None:
    return candidates(numbers, width, bounds)


def _known(run: Run, placed: tuple[int | None, ...] | None, width: int) -> Known:
    """Return what a row says by print position; ``None`` where it says nothing certain."""
    numbers = [value.number if isinstance(value.number, int) else None for value in run.values]
    if run.doubt or not numbers:
        return (None,) * width
    if placed is not None:
        return tuple(None if index is None else numbers[index] for index in placed)
    return tuple(numbers) if len(numbers) == width else (None,) * width


def _roles(form: TableForm) -> Roles:
    by_role = {row.role: row.id for row in form.rows if row.role and row.role != "leaf"}
    leaves = tuple(row.id for row in form.rows if row.role == "leaf")
    return Roles(
        leaves, by_role.get("new"), by_role.get("carried_in"), by_role.get("result_total"), by_role.get("carried_out")
    )


def _bounds(known: Mapping[str, Known], roles: Roles, width: int) -> tuple[int | None, ...]:
    """Return the most that a leaf can hold by column: the column's total, else what came in."""
    unknown: Known = (None,) * width
    totals = known.get(roles.result_total or "", unknown)
    new, carried = (known.get(row or "", unknown) for row in (roles.new, roles.carried_in))
    inflow = tuple(None if a is None or b is None else a + b for a, b in zip(new, carried, strict=True))
    pairs = zip(totals, inflow, strict=True)
    return tuple(flow if total is None else max(total, flow or 0) for total, flow in pairs)


def _about_short(short: Mapping[str, Run], solution: Solution | None, cells: list[Cell]) -> list[Diagnostic]:
    """Say how the short rows were placed and what could not be settled."""
    if not short:
        return []
    unknown = sum(1 for cell in cells if cell.row in short and cell.value is None)
    if solution is not None and not solution.stopped:
        return [
            findings.report(
                "rows_solved",
                table="requests",
                count=len(short),
                solutions=solution.solutions,
                equations=_EQUATIONS[solution.level],
                unknown=unknown,
            )
        ]
    reason = "the search was stopped at its limit" if solution is not None else "they say too little"
    return [findings.report("rows_unsolved", table="requests", count=len(short), reason=reason)]

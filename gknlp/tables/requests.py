"""Section 三: 23 or 25 rows of seven numbers, short rows placed by the form's equations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gknlp import findings
from gknlp.knowledge.forms import Column, TableForm
from gknlp.model import Cell, Diagnostic
from gknlp.tables import cells as make
from gknlp.tables.columns import names, request_order
from gknlp.tables.grids import has_fallen_apart, with_exact
from gknlp.tables.labels import Hit
from gknlp.tables.lines import Grid, Value
from gknlp.tables.match import Found, Wording
from gknlp.tables.rows import Places, Run, about_rows, positions, runs
from gknlp.tables.solve import Candidate, Known, Level, Roles, Solution, candidates, solve

_EQUATIONS: dict[Level, str] = {
    "totals": "the row sums, the item totals and the balance",
    "items": "the row sums and the item totals (the balance does not hold)",
    "leaves": "the row sums and the balance of the items (the total row does not fit)",
    "rows": "the row sums alone (the column equations do not hold)",
}


def read_requests(text: str, grid: Grid, found: Found, wording: Wording) -> tuple[list[Cell], list[Diagnostic]]:
    """Return the cells of section 三 in form order and what is to be said about them."""
    form = wording.rows[0]
    width = len(form.ids)
    by_row, notes = runs(found.rows, grid, wording.widths, "requests")
    header = _header(found)
    order, stated, _ = request_order(names(header), form.names)
    if has_fallen_apart(grid.exact, header):
        order = None
    if order is None or not stated:
        notes.append(findings.report("header_unclear" if order else "column_order_unclear", table="requests"))
    placed = with_exact(positions(grid, header, by_row, width), grid.exact, header, by_row)
    lacking = [run for run in by_row.values() if run.doubt is None and 0 < len(run.values) < width]
    short = {run.id: run for run in lacking if run.id not in placed and _is_certain(run)}
    solution = None
    if short and order is not None and order[-1] == form.ids[-1]:
        solution = _place(short, by_row, placed, wording.table)
    cells = _cells(text, wording, by_row, order, placed, solution)
    ids = [row.id for row in wording.rows]
    notes += about_rows(text, by_row, ids, "requests")
    notes += _about_short(short, solution, cells)
    notes += [note for run in by_row.values() if not run.plain for note in _about_fractions(text, run)]
    for run in lacking:
        if run.id not in placed and run.id not in short:
            sizes = {"count": len(run.values), "width": width}
            notes.append(findings.report("row_short", table="requests", row=run.id, **sizes))
    return cells, notes


def _cells(
    text: str,
    wording: Wording,
    by_row: Mapping[str, Run],
    order: tuple[str, ...] | None,
    placed: Places,
    solution: Solution | None,
) -> list[Cell]:
    """Return the cells of all rows; ``order`` are the columns as they are printed, where that is known."""
    ids = wording.rows[0].ids
    places = [order.index(column) for column in ids] if order else []
    in_order = order == ids
    cells: list[Cell] = []
    whole: list[str] = []  # rows of whole numbers one behind the other, and their values
    values: list[Value] = []
    for row in wording.rows:
        run = by_row.get(row.id)
        direct = in_order and row.counts and run is not None and run.plain and run.doubt is None
        if run is not None and direct and len(run.values) == len(ids):
            whole.append(row.id)
            values += run.values
            continue
        if whole:
            cells += make.counts(text, whole, ids, values)
            whole, values = [], []
        if run is None:
            cells += [make.absent(row.id, column) for column in ids]
        else:
            left = solution.rows.get(row.id, ()) if solution else ()
            cells += _row(text, run, row.columns, places, placed.get(row.id), left)
    cells += make.counts(text, whole, ids, values)
    return cells


def _about_fractions(text: str, run: Run) -> list[Diagnostic]:
    """Say which printed values are no counts."""
    raws = [text[value.start : value.end] for value in run.values if type(value.number) is float]
    return [findings.report("row_malformed", table="requests", row=run.id, raw=raw) for raw in raws]


def _header(found: Found) -> list[Hit]:
    """Return the labels of the first printed header: those right before the first row, else all."""
    header: list[Hit] = []
    for hit, values in found.sequence:
        if hit.meaning.kind == "row":
            break
        if hit.meaning.kind in ("column", "header"):
            header.append(hit)
        if values:
            header = []
    return header or [hit for hit in found.headers if hit.meaning.kind in ("column", "header")]


def _is_certain(run: Run) -> bool:
    """Whether all values are counts."""
    return run.plain and all(value.number is not None and value.number >= 0 for value in run.values)


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
    ids = [column.id for column in columns]
    return make.settled_row(text, run.id, ids, [agreed[place] for place in places], values)


def _placed(text: str, run: Run, column: Column, index: int | None) -> Cell:
    if index is None:
        return make.blank(run.id, column.id, run.values[0].start)
    return make.printed(text, run.id, column, run.values[index])


def _place(short: Mapping[str, Run], by_row: Mapping[str, Run], placed: Places, form: TableForm) -> Solution | None:
    """Return the placements of all short rows; ``None`` when a row of them says too little to be listed."""
    width = len(form.columns)
    # A row that is zero wherever its lost number stood says nothing in any equation: the search need not carry it.
    fixed: dict[str, tuple[Candidate, ...]] = {}
    rest: dict[str, tuple[int, ...]] = {}
    for row, run in short.items():
        numbers = tuple([int(value.number or 0) for value in run.values])
        # One lost number follows from the row sum alone.
        listed, is_zero = _candidates(numbers, width, None) if len(numbers) + 1 == width else (None, False)
        if listed and is_zero:
            fixed[row] = listed
        else:
            rest[row] = numbers
    if not rest:
        return Solution(fixed, 1, "totals", False)
    known = {row: _known(run, placed.get(row), width) for row, run in by_row.items() if row not in short}
    roles = _roles(form)
    bounds = _bounds(known, roles, width)
    options: dict[str, tuple[Candidate, ...]] = {}
    for row, numbers in rest.items():
        listed, is_zero = _candidates(numbers, width, bounds if len(numbers) + 1 < width else None)
        if listed is None:
            known[row] = (None,) * width
        elif is_zero:
            fixed[row] = listed
        else:
            options[row] = listed
    if not options:
        return Solution(fixed, 1, "totals", False) if fixed else None
    known |= {row: listed[0].vector for row, listed in fixed.items()}
    solution = solve(options, known, roles)
    return solution._replace(rows={**fixed, **solution.rows})


@lru_cache(maxsize=512)
def _candidates(
    numbers: tuple[int, ...], width: int, bounds: tuple[int | None, ...] | None
) -> tuple[tuple[Candidate, ...] | None, bool]:
    """Return the candidates for a row and whether all its cells are 0 in each of them."""
    listed = candidates(numbers, width, bounds or (None,) * width)
    return listed, bool(listed) and not any(any(option.vector) for option in listed or ())


def _known(run: Run, placed: tuple[int | None, ...] | None, width: int) -> Known:
    """Return what a row says by print position; ``None`` where it says nothing certain."""
    if run.doubt or not run.values:
        return (None,) * width
    numbers = [value.number if isinstance(value.number, int) else None for value in run.values]
    if placed is not None:
        return tuple(None if index is None else numbers[index] for index in placed)
    return tuple(numbers) if len(numbers) == width else (None,) * width


def _roles(form: TableForm) -> Roles:
    by_role = {row.role: row.id for row in form.rows}
    leaves = tuple([row.id for row in form.rows if row.role == "leaf"])
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
    unknown = len([cell for cell in cells if cell.value is None and cell.row in short])
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

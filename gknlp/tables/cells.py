"""From printed values to cells of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, cycle, repeat

from gknlp import findings
from gknlp.knowledge.forms import Column
from gknlp.model import Cell, Diagnostic, Number, State, TableId
from gknlp.tables.lines import Value
from gknlp.tables.solve import Candidate

_MONEY_UNIT_FACTOR = 1.0  # a column of money is kept in units of 10,000 yuan


def printed(text: str, row: str, column: Column, value: Value) -> Cell:
    """Return the cell of a value that stands at its place; money is given in the column's unit.

    A fraction in a column of counts is no count: it is two numbers that lost their separator, or a slip.
    """
    raw = text[value.start : value.end]
    number = value.number
    state: State = "number"
    if number is None:
        state = "unreadable" if value.malformed else "dash"
    elif column.money:
        number = number if value.money is None else _scaled(number, value.money)
    elif isinstance(number, float):
        number, state = None, "unreadable"
    return Cell(row, column.id, number, raw, state, value.start, value.end)


def printed_row(text: str, row: str, columns: Sequence[Column], values: Sequence[Value]) -> list[Cell]:
    """Return the cells of a row whose values stand at their places, one a column."""
    return [printed(text, row, column, value) for column, value in zip(columns, values, strict=True)]


def counts(text: str, rows: Sequence[str], columns: Sequence[str], values: Sequence[Value]) -> Iterator[Cell]:
    """Yield the cells of rows of whole numbers at their places in columns of counts: most cells of a report."""
    starts, ends = [value.start for value in values], [value.end for value in values]
    numbers, raws = [value.number for value in values], [text[value.start : value.end] for value in values]
    ids = chain.from_iterable(map(repeat, rows, repeat(len(columns))))
    return map(Cell, ids, cycle(columns), numbers, raws, repeat("number"), starts, ends)


def about(cell: Cell, value: Value, table: TableId) -> list[Diagnostic]:
    """Say what was done to a printed value: converted, or refused as no number of its column."""
    if value.money is None and cell.state != "unreadable":
        return []
    where = {"start": cell.start, "end": cell.end}
    if value.money not in (None, _MONEY_UNIT_FACTOR) and cell.value is not None:
        return [findings.report("amount_converted", table=table, raw=cell.raw, value=cell.value, **where)]
    if cell.state == "unreadable" and not value.malformed:
        return [findings.report("row_malformed", table=table, row=cell.row, raw=cell.raw, **where)]
    return []


def _scaled(number: Number, factor: float) -> Number:
    scaled = round(number * factor, 8)
    return int(scaled) if scaled == int(scaled) else scaled


def blank(row: str, column: str, place: int | None) -> Cell:
    """Return a cell that is printed empty at ``place``."""
    return Cell(row, column, None, "", "blank", place, place)


@lru_cache(maxsize=1024)
def absent(row: str, column: str) -> Cell:
    """Return a cell of a row or column that is not printed."""
    return Cell(row, column, None, "", "absent", None, None)


def unknown(text: str, row: str, column: str, run: Sequence[Value]) -> Cell:
    """Return a cell whose value stands somewhere in ``run`` but cannot be told."""
    start, end = (run[0].start, run[-1].end) if run else (None, None)
    raw = "" if start is None else text[start:end]
    return Cell(row, column, None, raw, "unreadable", start, end)


Agreed = tuple[int | None, int | None]
"""The number on which all candidates agree at a place and the printed number they all take for it, if any."""


@lru_cache(maxsize=512)
def agreement(left: tuple[Candidate, ...], width: int) -> tuple[Agreed, ...]:
    """Return what the candidates that are left agree on at each of ``width`` places."""
    agreed: list[Agreed] = []
    for place in range(width):
        numbers = {candidate.vector[place] for candidate in left}
        sources = {candidate.source[place] for candidate in left}
        agreed.append((numbers.pop() if len(numbers) == 1 else None, sources.pop() if len(sources) == 1 else None))
    return tuple(agreed)


def settled(text: str, row: str, column: str, agreed: Agreed, run: Sequence[Value]) -> Cell:
    """Return a cell of a short row: known when all candidates that are left agree.

    Its span is the number's own where all candidates take the same, else the whole run of numbers.
    """
    return settled_row(text, row, (column,), (agreed,), run)[0]


def settled_row(
    text: str, row: str, columns: Sequence[str], agreed: Sequence[Agreed], run: Sequence[Value]
) -> list[Cell]:
    """Return :func:`settled` cells of ``columns``."""
    first, last = (run[0].start, run[-1].end) if run else (0, 0)
    cells = []
    for column, (number, source) in zip(columns, agreed, strict=True):
        if number is None:
            cells.append(unknown(text, row, column, run))
            continue
        start, end = (first, last) if source is None else (run[source].start, run[source].end)
        cells.append(Cell(row, column, number, text[start:end], "number", start, end, "solved"))
    return cells

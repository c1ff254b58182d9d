"""From printed values to cells of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from gknlp.model import Cell, Number, State
from gknlp.tables.lexer import Value
from gknlp.tables.solve import Candidate


def printed(text: str, row: str, column: str, value: Value, *, unit: str = "") -> Cell:
    """Return the cell of a value that stands at its place; money is given in the column's unit of 万元."""
    raw = text[value.start : value.end]
    number = value.number
    state: State = "number"
    if number is None:
        state = "unreadable" if value.malformed else "dash"
    elif value.money is not None and unit:
        number = _scaled(number, value.money)
    return Cell(row=row, column=column, value=number, raw=raw, state=state, start=value.start, end=value.end)


def _scaled(number: Number, factor: float) -> Number:
    scaled = round(number * factor, 8)
    return int(scaled) if scaled == int(scaled) else scaled


def blank(row: str, column: str, place: int | None) -> Cell:
    """Return a cell that is printed empty at ``place``."""
    return Cell(row=row, column=column, value=None, raw="", state="blank", start=place, end=place)


def absent(row: str, column: str) -> Cell:
    """Return a cell of a row or column that is not printed."""
    return Cell(row=row, column=column, value=None, raw="", state="absent", start=None, end=None)


def unknown(text: str, row: str, column: str, run: Sequence[Value]) -> Cell:
    """Return a cell whose value stands somewhere in ``run`` but cannot be told."""
    start, end = (run[0].start, run[-1].end) if run else (None, None)
    raw = "" if start is None else text[start:end]
    return Cell(row=row, column=column, value=None, raw=raw, state="unreadable", start=start, end=end)


def settled(text: str, row: str, column: str, place: int, left: Sequence[Candidate], run: Sequence[Value]) -> Cell:
    """Return a cell of a short row at print position ``place``: known when all candidates that are left agree.

    Its span is the number's own where all candidates take the same, else the whole run of numbers.
    """
    numbers = {candidate.vector[place] for candidate in left}
    if len(numbers) != 1:
        return unknown(text, row, column, run)
    sources = {candidate.source[place] for candidate in left}
    source = sources.pop() if len(sources) == 1 else None
    first, last = (run[0], run[-1]) if source is None else (run[source], run[source])
    return Cell(
        row=row,
        column=column,
        value=numbers.pop(),
        raw=text[first.start : last.end],
        state="number",
        start=first.start,
        end=last.end,
        reading="solved",
    )

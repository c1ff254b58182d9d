"""Printed rows -> one run of values a row, before columns are told: repeats, extra numbers, positions."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from gknlp import findings
from gknlp.model import Diagnostic, TableId
from gknlp.tables.lexer import Value, cell_spans
from gknlp.tables.match import RowHit


class Run(NamedTuple):
    """The values of one row in print order. ``doubt`` names why they cannot be trusted, ``None`` when they can."""

    id: str
    hit: RowHit
    values: tuple[Value, ...]
    width: int
    doubt: str | None


def runs(rows: list[RowHit], widths: dict[str, int], table: TableId) -> tuple[dict[str, Run], list[Diagnostic]]:
    """Return the run of every printed row and what is to be said about repeats and stray numbers."""
    notes: list[Diagnostic] = []
    by_id: dict[str, list[RowHit]] = {}
    for row in rows:
        if row.id in widths:
            by_id.setdefault(row.id, []).append(row)
    found = {row: _run(hits, widths[row], table, notes) for row, hits in by_id.items()}
    return _without_displaced(found, table, notes), notes


def _run(hits: list[RowHit], width: int, table: TableId, notes: list[Diagnostic]) -> Run:
    hit, doubt = _one_of(hits, table, notes)
    values = tuple(hit.values)
    if len(values) > width:
        values, extra = _own_line(values, width)
        if extra:
            where = {"table": table, "start": extra[0].start, "end": extra[-1].end}
            notes.append(findings.report("stray_numbers", row=hit.id, count=len(extra), **where))  # type: ignore[arg-type]
        if len(values) > width:
            doubt = doubt or "row_too_long"
    return Run(hit.id, hit, values, width, doubt)


def _one_of(hits: list[RowHit], table: TableId, notes: list[Diagnostic]) -> tuple[RowHit, str | None]:
    """Choose among the prints of one row: the one with values; several must say the same."""
    filled = [hit for hit in hits if hit.values]
    hit = (filled or hits)[0]
    if len(hits) > 1:
        notes.append(findings.report("row_repeated", row=hit.id, count=len(hits), table=table, start=hit.label.start))
    numbers = {tuple(value.number for value in other.values) for other in filled}
    return hit, "row_conflict" if len(numbers) > 1 else None


def _own_line(values: tuple[Value, ...], width: int) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """Of too many values keep those of the one line that prints the whole row; the others are strays."""
    lines = Counter(value.line for value in values)
    whole = [line for line, count in lines.items() if count == width]
    if width > 1 and len(whole) == 1 and all(count in (1, width) for count in lines.values()):
        return (
            tuple(value for value in values if value.line == whole[0]),
            tuple(value for value in values if value.line != whole[0]),
        )
    return values, ()


def _without_displaced(found: dict[str, Run], table: TableId, notes: list[Diagnostic]) -> dict[str, Run]:
    """Doubt a row whose values stand on a line of their own right after empty rows, where others print theirs beside
    the label: the line may belong to any of them."""
    ordered = sorted(found.values(), key=lambda run: run.hit.label.start)
    beside = sum(1 for run in ordered if run.values and run.values[0].line == run.hit.label.line)
    result = dict(found)
    for previous, run in zip(ordered, ordered[1:], strict=False):
        apart = run.values and run.values[0].line > run.hit.label.line and len({v.line for v in run.values}) == 1
        if apart and not previous.values and run.doubt is None and 2 * beside > len(ordered):
            result[run.id] = run._replace(doubt="row_displaced")
    return result


def positions(folded: str, found: dict[str, Run], width: int) -> dict[str, tuple[int | None, ...]]:
    """Return for short rows the index of the value in each column, where the printed cells settle it.

    The cells of a line settle it when whole rows whose label stands in the same cell all begin at one cell and the
    short row's values lie in the cells of such a row. Rows that lost the same leading cell in most of the table are
    left out: there the positions are what was lost.
    """
    starts: dict[int, set[int]] = {}
    short: list[Run] = []
    for run in found.values():
        if not run.values or run.doubt or len({value.line for value in run.values}) > 1:
            continue
        if len(run.values) == width and run.values[-1].cell - run.values[0].cell == width - 1:
            starts.setdefault(run.hit.label.cell, set()).add(run.values[0].cell)
        elif len(run.values) < width and run.values[0].cell > run.hit.label.cell:
            short.append(run)
    whole = sum(1 for run in found.values() if len(run.values) == width)
    if len(short) * 2 > whole:
        return {}
    placed = {}
    for run in short:
        first = starts.get(run.hit.label.cell, set())
        line = cell_spans(folded, run.values[0].start)
        if len(first) == 1 and run.values[0].line == run.hit.label.line:
            begin = next(iter(first))
            cells = [value.cell - begin for value in run.values]
            if cells[0] >= 0 and cells[-1] < width and len(line) >= begin + width and len(set(cells)) == len(cells):
                places = {cell: index for index, cell in enumerate(cells)}
                placed[run.id] = tuple(places.get(column) for column in range(width))
    return placed


def about_rows(text: str, found: dict[str, Run], wanted: list[str], table: TableId) -> list[Diagnostic]:
    """Say which rows are missing, blank, doubtful, malformed or recognised by a misspelt label."""
    notes = []
    missing = [row for row in wanted if row not in found]
    if missing:
        notes.append(findings.report("rows_absent", table=table, count=len(missing), rows=", ".join(missing)))
    blank = [row for row in wanted if row in found and not found[row].values]
    if blank:
        notes.append(findings.report("rows_blank", table=table, count=len(blank), rows=", ".join(blank)))
    for run in found.values():
        notes += _about_run(text, run, table)
    return notes


def _about_run(text: str, run: Run, table: TableId) -> list[Diagnostic]:
    notes = []
    label = run.hit.label
    if label.guessed:
        printed = text[label.start : label.end]
        notes.append(
            findings.report("row_guessed", table=table, row=run.id, label=printed, start=label.start, end=label.end)
        )
    if run.doubt:
        start, end = run.values[0].start, run.values[-1].end
        notes.append(
            findings.report(run.doubt, table=table, row=run.id, count=len(run.values), width=run.width, start=start, end=end)
        )
    for value in run.values:
        if value.malformed:
            raw = text[value.start : value.end]
            notes.append(
                findings.report("row_malformed", table=table, row=run.id, raw=raw, start=value.start, end=value.end)
            )
    return notes

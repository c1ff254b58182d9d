"""Printed rows -> one run of values a row, before columns are told: repeats, extra numbers, positions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from gknlp import findings
from gknlp.model import Diagnostic, TableId
from gknlp.tables.labels import Hit
from gknlp.tables.lines import Grid, Spot, Value
from gknlp.tables.match import RowHit


class Run(msgspec.Struct, frozen=True, gc=False):
    """The values of one row in print order.

    ``doubt`` names why they cannot be trusted, ``None`` when they can; ``plain`` whether all are whole numbers.
    """

    id: str
    hit: RowHit
    values: tuple[Value, ...]
    width: int
    doubt: str | None
    plain: bool


Places = dict[str, tuple[int | None, ...]]
"""For each row the index of the printed value in each column, ``None`` where the cell is empty."""

_PLAIN = {int}


def runs(
    rows: list[RowHit], grid: Grid, widths: Mapping[str, int], table: TableId
) -> tuple[dict[str, Run], list[Diagnostic]]:
    """Return the run of every printed row and what is to be said about repeats and stray numbers."""
    notes: list[Diagnostic] = []
    by_id: dict[str, list[RowHit]] = {}
    for row in rows:
        if row.id in widths:
            by_id.setdefault(row.id, []).append(row)
    found = {row: _run(hits, grid, widths[row], table, notes) for row, hits in by_id.items()}
    return _without_displaced(found, grid), notes


def _run(hits: list[RowHit], grid: Grid, width: int, table: TableId, notes: list[Diagnostic]) -> Run:
    if len(hits) == 1:
        hit = hits[0]
        values = hit.values
        if len(values) <= width and (not values or grid.is_one_line(hit.label.end - 1, values[-1].start)):
            return Run(hit.id, hit, values, width, None, {type(value.number) for value in values} <= _PLAIN)
        if len(values) <= width and grid.room(hit.label.end - 1) < width:
            return Run(hit.id, hit, values, width, None, {type(value.number) for value in values} <= _PLAIN)
    hit, doubt = _one_of(hits, table, notes)
    kept, extra = _own_cells(hit, grid, width)
    if len(kept) > width:
        kept, extra = _own_line(hit, grid, width)
    if extra:
        start, end = extra[0].start, extra[-1].end
        notes.append(findings.report("stray_numbers", row=hit.id, count=len(extra), table=table, start=start, end=end))
    if len(kept) > width:
        doubt = doubt or "row_too_long"
    return Run(hit.id, hit, kept, width, doubt, {type(value.number) for value in kept} <= _PLAIN)


def _one_of(hits: list[RowHit], table: TableId, notes: list[Diagnostic]) -> tuple[RowHit, str | None]:
    """Choose among the prints of one row: the one with values; several must say the same."""
    filled = [hit for hit in hits if hit.values]
    hit = (filled or hits)[0]
    if len(hits) > 1:
        notes.append(findings.report("row_repeated", row=hit.id, count=len(hits), table=table, start=hit.label.start))
    numbers = {tuple(value.number for value in other.values) for other in filled}
    return hit, "row_conflict" if len(numbers) > 1 else None


def _own_cells(hit: RowHit, grid: Grid, width: int) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """Of a row whose label's line has room for all its values, the numbers on later lines are strays."""
    label = hit.label.end - 1
    if not hit.values or grid.room(label) < width:
        return tuple(hit.values), ()
    line = grid.line(label)
    later = [value for value in hit.values if grid.line(value.start) > line]
    return tuple(value for value in hit.values if value not in later), tuple(later)


def _own_line(hit: RowHit, grid: Grid, width: int) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """Of too many values keep those of the one line that prints the whole row; single ones elsewhere are strays."""
    lines: dict[int, list[Value]] = {}
    for value in hit.values:
        lines.setdefault(grid.line(value.start), []).append(value)
    whole = [line for line, values in lines.items() if len(values) == width]
    if width == 1:
        whole = [line for line in whole if line == grid.line(hit.label.end - 1)]
    if len(whole) != 1 or any(len(values) not in (1, width) for values in lines.values()):
        return tuple(hit.values), ()
    kept = lines.pop(whole[0])
    return tuple(kept), tuple(value for values in lines.values() for value in values)


def _without_displaced(found: dict[str, Run], grid: Grid) -> dict[str, Run]:
    """Doubt a row whose values stand on a line of their own right behind empty rows: they may belong to any of them.

    Where most rows print their values below the label this is the layout, not a displacement.
    """
    if all(run.values for run in found.values()):
        return found
    ordered = sorted(found.values(), key=lambda run: run.hit.label.start)
    apart = [bool(run.values) and grid.line(run.values[0].start) > grid.line(run.hit.label.end) for run in ordered]
    if 2 * sum(apart) > sum([1 for run in ordered if run.values]):
        return found
    result = dict(found)
    for previous, run, alone in zip(ordered, ordered[1:], apart[1:], strict=False):
        if alone and not previous.values and run.doubt is None:
            result[run.id] = msgspec.structs.replace(run, doubt="row_displaced")
    return result


def positions(grid: Grid, header: list[Hit], found: Mapping[str, Run], width: int) -> Places:
    """Return for short rows the index of the value in each column, where the printed cells settle it.

    They do when the whole rows show in which cell the numbers begin - all of them, those whose label stands in the
    same cell, or where no row is whole the header - and the short rows' values lie in the cells of such a row. A table
    whose short rows mostly do not, or mostly miss just their first cell, lost a column: there the positions are what
    cannot be trusted.
    """
    usable = [run for run in found.values() if run.values and not run.doubt and len(run.values) <= width]
    short = [run for run in usable if len(run.values) < width]
    if not short:
        return {}
    starts: dict[int, set[int]] = {}
    for run in usable:
        if len(run.values) == width:
            label, value = grid.cells(run.hit.label.end - 1, run.values[0].start)
            starts.setdefault(label, set()).add(value)
    spots = [(run, grid.spot(run.hit.label.end - 1, run.values)) for run in short]
    everywhere = set().union(*starts.values()) or _below_header(grid, header, width)
    settled: Places = {}
    if len(everywhere) == 1:
        begin = next(iter(everywhere))
        settled = _all_or_none((run.id, _by_cells(spot, begin, width)) for run, spot in spots)
    if not settled:
        across = _piped_width(grid, found) if grid.has_pipes() else None
        placed = {run.id: _in_class(grid, run, spot, starts, across, width) for run, spot in spots}
        settled = {row: place for row, place in placed.items() if place is not None}
    first_lost = sum([1 for place in settled.values() if place[0] is None and None not in place[1:]])
    lost_column = first_lost > 1 and 2 * first_lost >= len(settled)
    return {} if lost_column or 2 * len(settled) < len(short) else settled


def _below_header(grid: Grid, header: list[Hit], width: int) -> set[int]:
    """Return the cell in which the numbers begin when the header shows every column in a cell of its own."""
    cells = {hit.meaning.id: grid.cell(hit.start) for hit in header if hit.meaning.kind == "column"}
    first = min(cells.values(), default=0)
    return {first} if sorted(cells.values()) == list(range(first, first + width)) else set()


def under_header(grid: Grid, header: Sequence[Hit], values: tuple[Value, ...]) -> tuple[int | None, ...] | None:
    """Return for each header label the index of the value that stands in its cell.

    ``None`` when the labels do not stand in neighbouring cells of their own, the values are not on one line that has
    as many cells as the header's last line, or a value stands below no label.
    """
    cells = [grid.cell(hit.start) for hit in header]
    lines = {grid.line(value.start) for value in values}
    if not cells or len(lines) != 1 or cells != list(range(cells[0], cells[0] + len(cells))):
        return None
    if grid.width(values[0].start) != grid.width(header[-1].start) or len(cells) == 1:
        return None
    below = {grid.cell(value.start): index for index, value in enumerate(values)}
    if len(below) < len(values) or not below.keys() <= set(cells):
        return None
    return tuple(below.get(cell) for cell in cells)


def _all_or_none(placed: Iterable[tuple[str, tuple[int | None, ...] | None]]) -> Places:
    """Return the places of all rows; nothing as soon as one row has none."""
    settled: Places = {}
    for row, place in placed:
        if place is None:
            return {}
        settled[row] = place
    return settled


def _in_class(
    grid: Grid, run: Run, spot: Spot, starts: Mapping[int, set[int]], across: int | None, width: int
) -> tuple[int | None, ...] | None:
    """Place a short row by the whole rows whose label stands in the same cell, else by its own empty cells."""
    begins = starts.get(spot.label)
    if begins and len(begins) == 1:
        return _by_cells(spot, next(iter(begins)), width)
    across_line = spot.width if spot.cells else grid.width(run.values[0].start)
    if across_line == spot.label + 1 + width:
        places = _by_cells(spot, spot.label + 1, width)
        # The last column is the total: a row that prints it must add up.
        return places if places and (places[-1] is None or _adds_up(run)) else None
    return by_pipes(grid, run, width) if across is not None and _piped_cells(grid, run) == across else None


def _piped_cells(grid: Grid, run: Run) -> int:
    """Return the number of cells of a row that prints one cell a line, the labels before its own included."""
    return grid.pipes(run.hit.label.end, run.hit.stop) + run.hit.lead


def _piped_width(grid: Grid, found: Mapping[str, Run]) -> int | None:
    """Return the number of cells of the lines of a grid that prints one cell a line: what most rows agree on."""
    counts = Counter(_piped_cells(grid, run) for run in found.values())
    width, rows = counts.most_common(1)[0]
    return width if width > 1 and 2 * rows > len(found) else None


def by_pipes(grid: Grid, run: Run, width: int) -> tuple[int | None, ...] | None:
    """Place a row that prints one cell a line, each closed by a pipe, so that an empty cell is a pipe alone."""
    label = run.hit.label.end
    if grid.line(run.values[0].start) == grid.line(label - 1):
        return None
    cells = [grid.pipes(label, value.start) - 1 for value in run.values]
    if cells[0] < 0 or cells[-1] >= width or len(set(cells)) < len(cells):
        return None
    places = {cell: index for index, cell in enumerate(cells)}
    return tuple([places.get(column) for column in range(width)])


def _adds_up(run: Run) -> bool:
    """Whether the other values of a row make its last one."""
    numbers = [value.number for value in run.values]
    return sum([number for number in numbers[:-1] if number is not None]) == numbers[-1]


def _by_cells(spot: Spot, begin: int, width: int) -> tuple[int | None, ...] | None:
    """Return the index of the value in each of the ``width`` cells from ``begin``; ``None`` when they do not fit."""
    cells = spot.cells
    if not cells or cells[0] < begin or cells[-1] >= begin + width or spot.width < begin + width or spot.label >= begin:
        return None
    places: list[int | None] = [None] * width
    for index, cell in enumerate(cells):
        if places[cell - begin] is not None:
            return None
        places[cell - begin] = index
    return tuple(places)


def about_rows(text: str, found: Mapping[str, Run], wanted: Sequence[str], table: TableId) -> list[Diagnostic]:
    """Say which rows are missing, blank, doubtful, malformed or recognised by a misspelt label."""
    notes = []
    missing = [row for row in wanted if row not in found]
    if missing:
        notes.append(findings.report("rows_absent", table=table, count=len(missing), rows=", ".join(missing)))
    blank = [row for row in wanted if row in found and not found[row].values]
    if blank:
        notes.append(findings.report("rows_blank", table=table, count=len(blank), rows=", ".join(blank)))
    for run in found.values():
        if run.doubt or run.hit.label.guessed or not run.plain:
            notes += _about_run(text, run, table)
    return notes


def _about_run(text: str, run: Run, table: TableId) -> list[Diagnostic]:
    notes: list[Diagnostic] = []
    label = run.hit.label
    if label.guessed:
        printed = text[label.start : label.end]
        notes.append(
            findings.report("row_guessed", table=table, row=run.id, label=printed, start=label.start, end=label.end)
        )
    if run.doubt:
        start, end = run.values[0].start, run.values[-1].end
        sizes = {"count": len(run.values), "width": run.width}
        notes.append(findings.report(run.doubt, table=table, row=run.id, start=start, end=end, **sizes))
    for value in [value for value in run.values if value.malformed]:
        raw = text[value.start : value.end]
        notes.append(
            findings.report("row_malformed", table=table, row=run.id, raw=raw, start=value.start, end=value.end)
        )
    return notes

"""Section 四: three blocks of five numbers, in one row, in a row each or in tables of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gknlp import findings
from gknlp.knowledge.forms import Column
from gknlp.model import Cell, Diagnostic
from gknlp.tables import cells as make
from gknlp.tables.columns import block_order, names
from gknlp.tables.grids import contradicts, has_fallen_apart
from gknlp.tables.labels import Hit
from gknlp.tables.lines import Grid, Value
from gknlp.tables.match import Found, Name, Wording
from gknlp.tables.rows import under_header
from gknlp.tables.solve import Candidate, candidates

_WIDTH = 5  # numbers of a block
MAX_LOST = 3  # with more numbers lost than that the rest does not tell which


class _Run(NamedTuple):
    """Numbers printed in a row, with the labels that stand before them."""

    labels: tuple[Hit, ...]
    values: tuple[Value, ...]


class _Block(NamedTuple):
    """What was read of one block: its column order and the placements of its numbers that are possible.

    A placement's sources index ``values``; no placement at all means that the block cannot be read.
    """

    columns: tuple[str, ...] | None
    values: tuple[Value, ...]
    placements: tuple[Candidate, ...]
    direct: tuple[Value | None, ...] | None
    place: int | None = None


def read_remedies(text: str, grid: Grid, found: Found, wording: Wording) -> tuple[list[Cell], list[Diagnostic]]:
    """Return the 15 cells of section 四 and what is to be said about them."""
    form = wording.rows[0]
    notes: list[Diagnostic] = []
    read: dict[str, _Block] = {}
    runs = _runs(found)
    header: tuple[Hit, ...] = ()
    for run in runs:
        blocks = _blocks(run, wording.names, alone=len(runs) == 1, notes=notes)
        labels = run.labels
        if has_fallen_apart(grid.exact, labels) or contradicts(grid.exact, labels, run.values, blocks, _WIDTH):
            notes.append(findings.report("header_unclear", table="remedies"))
        header = tuple(hit for hit in run.labels if hit.meaning.kind == "column") or header
        orders = _orders(header, blocks, form.names, notes)
        for name, block in zip(blocks, _read_run(text, grid, run, header, blocks, orders, notes), strict=True):
            if name in read:
                notes.append(findings.report("row_repeated", table="remedies", row=name, count=2))
                if [v.number for v in read[name].values] != [v.number for v in block.values]:
                    notes.append(findings.report("row_conflict", table="remedies", row=name))
                    block = _Block(None, block.values, (), None)
            read[name] = block
    missing = [name for name, _ in wording.names if name not in read]
    if missing:
        code = "rows_blank" if not runs else "rows_absent"
        notes.append(findings.report(code, table="remedies", count=len(missing), rows=", ".join(missing)))
    place = found.headers[-1].end if found.headers else None
    cells: list[Cell] = []
    for name, _ in wording.names:
        if name in read:
            cells += [_cell(text, name, column, read[name]) for column in form.columns]
        else:
            cells += [make.absent(name, c) if runs else make.blank(name, c, place) for c in form.ids]
    return cells, notes


def _runs(found: Found) -> list[_Run]:
    """Cut the sequence of labels and values into runs of values with the labels before them.

    A block that is printed without numbers gives a run of its own.
    """
    runs: list[_Run] = []
    labels: list[Hit] = []
    values: list[Value] = []
    for hit, behind in found.sequence:
        if values:
            runs += _with_empty_blocks(labels, tuple(values))
            labels, values = [], []
        labels.append(hit)
        values += behind
    if values or (runs and any(hit.meaning.kind == "row" for hit in labels)):
        runs += _with_empty_blocks(labels, tuple(values))
    return runs


def _with_empty_blocks(labels: list[Hit], values: tuple[Value, ...]) -> list[_Run]:
    """Return the run of ``values`` behind the runs of blocks that stand empty before it.

    Blocks stand one below the other when each has a header of its own, or when all come behind the header; else they
    stand beside each other and share the values.
    """
    rows = [index for index, hit in enumerate(labels) if hit.meaning.kind == "row"]
    if len(rows) < 2:
        return [_Run(tuple(labels), values)]
    columns = [index for index, hit in enumerate(labels) if hit.meaning.kind == "column"]
    ends = [*rows[1:], len(labels)]
    own = all(sum(row < column < end for column in columns) == _WIDTH for row, end in zip(rows, ends, strict=True))
    below = not any(column > rows[0] for column in columns)
    if not (own or below):
        return [_Run(tuple(labels), values)]
    starts = [0, *rows[1:]]
    parts = [tuple(labels[start:end]) for start, end in zip(starts, ends, strict=True)]
    return [*(_Run(part, ()) for part in parts[:-1]), _Run(parts[-1], values)]


def _blocks(run: _Run, form: tuple[Name, ...], *, alone: bool, notes: list[Diagnostic]) -> tuple[str, ...]:
    """Return the blocks that a run's numbers fill, in print order."""
    printed = [hit for hit in run.labels if hit.meaning.kind == "row"]
    blocks = tuple(dict.fromkeys(hit.meaning.id for hit in printed))
    if alone and len(blocks) < len(form) and len(run.values) > _WIDTH * len(blocks):
        notes.append(findings.report("header_unclear", table="remedies"))
        return tuple(name for name, _ in form)
    order = block_order(names(printed), tuple([entry for entry in form if entry[0] in blocks]))
    if not order.believed:
        notes.append(findings.report("header_unclear", table="remedies"))
    return order.columns or blocks


def _orders(
    labels: tuple[Hit, ...], blocks: tuple[str, ...], columns: tuple[Name, ...], notes: list[Diagnostic]
) -> list[tuple[str, ...] | None]:
    """Return the column order of each block; one header may stand for all of them."""
    width = len(columns)
    if len(labels) not in (width, width * len(blocks)):
        notes.append(findings.report("header_unclear", table="remedies"))
        return [block_order(names(labels if len(labels) <= width else ()), columns).columns] * len(blocks)
    parts = [labels[i : i + width] for i in range(0, len(labels), width)]
    orders = [block_order(names(parts[index % len(parts)]), columns) for index in range(len(blocks))]
    if any(order.columns is None for order in orders):
        notes.append(findings.report("column_order_unclear", table="remedies"))
    elif not all(order.stated for order in orders):
        notes.append(findings.report("header_unclear", table="remedies"))
    return [order.columns for order in orders]


def _read_run(
    text: str,
    grid: Grid,
    run: _Run,
    header: tuple[Hit, ...],
    blocks: tuple[str, ...],
    orders: Sequence[tuple[str, ...] | None],
    notes: list[Diagnostic],
) -> list[_Block]:
    """Return the blocks of a run: by order when all numbers are there, by empty cells, or by the block sums."""
    width = _WIDTH
    slots = len(blocks) * width
    place = run.labels[-1].end if run.labels else None
    if not run.values:
        return [_Block(order, (), (), (None,) * width, place) for order in orders]
    values = _one_line(grid, run.values, slots)
    name = "/".join(blocks)
    for value in values:
        if value.malformed:
            raw = text[value.start : value.end]
            notes.append(findings.report("row_malformed", table="remedies", row=name, raw=raw))
    direct = _direct(grid, header, values, slots)
    if direct is not None:
        parts = [direct[i : i + width] for i in range(0, slots, width)]
        return [_Block(orders[i], values, (), part, place) for i, part in enumerate(parts)]
    if len(values) > slots:
        sizes = {"count": len(values), "width": slots}
        notes.append(findings.report("row_too_long", table="remedies", row=name, **sizes))
    placements = _placements(values, len(blocks), width)
    if len(values) < slots:
        notes.append(_about_short(blocks, values, placements, width))
    return [_Block(order, values, options, None) for order, options in zip(orders, placements, strict=True)]


def _one_line(grid: Grid, values: tuple[Value, ...], slots: int) -> tuple[Value, ...]:
    """Return the numbers of the line that prints the row: not those of a second print or of a page number near it."""
    if grid.is_one_line(values[0].start, values[-1].start):
        return values
    by_line: dict[int, list[Value]] = {}
    for value in values:
        by_line.setdefault(grid.line(value.start), []).append(value)
    longest = max(by_line.values(), key=len)
    if len(by_line) == 1 or len(longest) == 1:
        return values
    others = [line for line in by_line.values() if line is not longest]
    same = [value.number for value in longest]
    again = all(len(line) == 1 or [value.number for value in line] == same for line in others)
    whole = len(longest) == slots or grid.width(longest[0].start) >= slots
    return tuple(longest) if again and whole else values


def _direct(
    grid: Grid, header: tuple[Hit, ...], values: tuple[Value, ...], slots: int
) -> tuple[Value | None, ...] | None:
    """Return the value of each cell where all are printed, or where they stand in the cells of the header."""
    if len(values) == slots:
        return values
    below = under_header(grid, header, values) if len(header) == slots else None
    return None if below is None else tuple(None if index is None else values[index] for index in below)


def _placements(values: tuple[Value, ...], blocks: int, width: int) -> list[tuple[Candidate, ...]]:
    """Return for each block every placement of its share of the numbers that holds the block's sum."""
    nothing: list[tuple[Candidate, ...]] = [() for _ in range(blocks)]
    numbers = [value.number for value in values]
    whole = [number for number in numbers if isinstance(number, int) and number >= 0]
    if len(whole) < len(numbers) or not 0 <= blocks * width - len(numbers) <= MAX_LOST:
        return nothing
    found: list[dict[Candidate, None]] = [{} for _ in range(blocks)]
    for counts in _splits(len(whole), blocks, width):
        options: list[tuple[Candidate, ...]] = []
        at = 0
        for count in counts:
            listed = candidates(whole[at : at + count], width, (None,) * width)
            if listed is None:
                return nothing
            options.append(tuple(_shifted(option, at) for option in listed))
            at += count
        if all(options):
            for block, listed in zip(found, options, strict=True):
                block.update(dict.fromkeys(listed))
    return [tuple(block) if _is_told(block) else () for block in found]


def _is_told(options: Iterable[Candidate]) -> bool:
    """Whether a printed total bears out at least one placement: four numbers make some total whatever they are."""
    return any(option.source[-1] is not None or not any(option.vector) for option in options)


def _shifted(option: Candidate, by: int) -> Candidate:
    return Candidate(option.vector, tuple(None if source is None else source + by for source in option.source))


def _splits(count: int, blocks: int, width: int) -> Iterator[tuple[int, ...]]:
    """Yield every way in which ``count`` numbers fall on ``blocks`` blocks of at most ``width``."""
    if blocks == 1:
        if count <= width:
            yield (count,)
        return
    for first in range(min(count, width), -1, -1):
        for rest in _splits(count - first, blocks - 1, width):
            yield (first, *rest)


def _about_short(
    blocks: tuple[str, ...], values: tuple[Value, ...], placements: list[tuple[Candidate, ...]], width: int
) -> Diagnostic:
    spread = [{option.vector[column] for option in options} for options in placements for column in range(width)]
    differ = sum(1 for numbers in spread if len(numbers) != 1)
    solutions = max(len({option.vector for option in options}) for options in placements)
    if not all(placements):
        row, slots = "/".join(blocks), len(blocks) * width
        return findings.report("row_short", table="remedies", row=row, count=len(values), width=slots)
    return findings.report(
        "rows_solved", table="remedies", count=1, solutions=solutions, equations="the block sums", unknown=differ
    )


def _cell(text: str, row: str, column: Column, block: _Block) -> Cell:
    if block.columns is None:
        return make.unknown(text, row, column.id, block.values)
    place = block.columns.index(column.id)
    if block.direct is None:
        agreed = make.agreement(block.placements, len(block.columns))
        return make.settled(text, row, column.id, agreed[place], block.values)
    value = block.direct[place]
    if value is None:
        return make.blank(row, column.id, block.place)
    return make.printed(text, row, column, value)

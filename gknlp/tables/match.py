"""Labels and values -> rows: what each label means where it stands, and which values belong to which row.

A value belongs to the last label that begins before it, so numbers on the first, a middle or the last line of a
wrapped label, behind it or on the lines after it all find their row. Nothing is counted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import attrgetter, itemgetter
from typing import NamedTuple

import msgspec

from gknlp.knowledge.forms import Column, Form, Row, TableForm, folded_keys, load_forms
from gknlp.knowledge.layout import load_layout
from gknlp.model import TableId
from gknlp.tables.labels import OPEN, Hit, Labels, Meaning, Stream, find_labels
from gknlp.tables.lexer import Fragment
from gknlp.tables.lines import Grid, Value
from gknlp.text.similar import allowed, distance

TABLES: tuple[TableId, ...] = ("disclosure", "requests", "remedies")
_DELIMITER = re.compile(r"[\n\t|\d]")
_MOST_PIECES = 3  # lines over which a misspelt label may be wrapped
_FUZZY_FLOOR = 4  # Han characters; a shorter label must be printed right
_LONGEST = 100  # Han characters; no label is as long


class RowHit(msgspec.Struct, frozen=True, gc=False):
    """A row as printed: its label, the values that belong to it, and where the next label begins.

    ``lead`` is the number of group labels right before the row's own, which stand on the same line of the grid.
    """

    id: str
    label: Hit
    values: tuple[Value, ...]
    stop: int
    lead: int


@dataclass(slots=True)
class Found:
    """All that is printed of one table: rows and header labels in print order, and both with the values behind them.

    ``ids`` are (kind, id) of every label printed; the table is printed in ``start:end``.
    """

    table: TableId
    start: int = 0
    end: int = 0
    rows: list[RowHit] = field(default_factory=list)
    headers: list[Hit] = field(default_factory=list)
    sequence: list[tuple[Hit, tuple[Value, ...]]] = field(default_factory=list)
    ids: set[tuple[str, str]] = field(default_factory=set)
    lead: int = 0  # group labels since the last row or value


def match(folded: str, stream: Stream) -> dict[TableId, Found]:
    """Return what is printed of each table in the stream's region."""
    values, grid = stream.tokens.values, stream.tokens.grid
    value_starts = [value.start for value in values]
    hits = settle(folded, find_labels(stream), value_starts)
    free = _uncovered(stream.tokens.fragments, hits)
    guessed = _misspelt(folded, free, hits)
    notes = [fragment[0] for fragment in free if _is_text(folded, fragment)]
    if guessed:
        hits = sorted((*hits, *guessed), key=lambda hit: hit.start)
        notes = [note for note in notes if not any(hit.start <= note < hit.end for hit in guessed)]
    return _sort(hits, notes, stream.tokens.values, value_starts, grid)


def _sort(
    hits: list[Hit], notes: list[int], values: tuple[Value, ...], starts: list[int], grid: Grid
) -> dict[TableId, Found]:
    """Add each label, with the values up to the next one, to the table that it belongs to."""
    found: dict[str, Found] = {table: Found(table) for table in TABLES}
    stops = [hit.start for hit in hits[1:]]
    stops.append(grid.end)
    last, beyond = bisect_left(starts, hits[0].start) if hits else 0, [*starts, grid.end]
    for hit, stop in zip(hits, stops, strict=False):
        run: tuple[Value, ...] = ()
        if beyond[last] < stop:
            first, last = last, bisect_left(starts, stop, last)
            run = values[first:last]
            if notes and bisect_left(notes, hit.end) != bisect_left(notes, run[-1].start):
                run = _before_note(hit, run, grid, notes)
        table, kind, name, _ = hit.meaning
        here = found[table]
        here.sequence.append((hit, run))
        if kind == "row":
            here.rows.append(RowHit(name, hit, run, stop, here.lead))
            here.lead = 0
        else:
            here.headers.append(hit)
            here.lead = here.lead + 1 if kind == "group" and not run else 0
    for here in found.values():
        _bound(here)
    return {table: found[table] for table in TABLES}


def _bound(found: Found) -> None:
    """Say where a table is printed, and which labels of it: labels and values do not overlap, the last ends last."""
    if not found.sequence:
        return
    found.start = found.sequence[0][0].start
    last, values = found.sequence[-1]
    found.end = max(last.end, values[-1].end) if values else last.end
    found.ids = {hit.meaning[1:3] for hit, _ in found.sequence}


def settle(folded: str, labels: Labels, starts: list[int]) -> list[Hit]:
    """Decide the meaning of labels that may have several (总计 and 其他 name rows and columns).

    ``starts`` are the places of the values.
    """
    hits, meanings = labels
    table: str = next((hit.meaning.table for hit in hits if hit.meaning is not OPEN), "requests")
    settled: list[Hit] = []
    last_row: Meaning | None = None  # how far the table has come
    for index, hit in enumerate(hits):
        meaning = hit.meaning
        if meaning is OPEN:
            at = bisect_left(starts, hit.start)
            fresh = not settled or (at > 0 and starts[at - 1] >= settled[-1].end)
            previous = None if fresh else settled[-1].meaning
            options = [option for option in meanings[index] if option.table == table]
            chosen = _choose(folded, hit, options, previous, _before_columns(labels, index, starts, at), last_row)
            if chosen is None:
                continue
            meaning, hit = chosen, Hit(hit.start, hit.end, hit.key, chosen)
        table, kind, _, _ = meaning
        if kind == "row" or kind == "group":
            last_row = meaning
        settled.append(hit)
    return settled


def _before_columns(labels: Labels, index: int, starts: list[int], at: int) -> bool:
    """Whether the next label names a column or more of a header, and no value stands between."""
    if index + 1 == len(labels.hits) or (at < len(starts) and starts[at] < labels.hits[index + 1].start):
        return False
    return all(meaning.kind in ("column", "header") for meaning in labels.meanings[index + 1])


def _choose(
    folded: str,
    hit: Hit,
    options: list[Meaning],
    previous: Meaning | None,
    before_columns: bool,
    last_row: Meaning | None,
) -> Meaning | None:
    """Choose a meaning from the neighbours: a column stands among columns, a row after rows."""
    row = next((meaning for meaning in options if meaning.kind == "row"), None)
    column = next((meaning for meaning in options if meaning.kind == "column"), None)
    if row is None or column is None:
        return row or column
    marker = _markers().get(row.id)
    if marker and marker.search(folded, max(0, hit.start - 8), hit.start):
        return row
    if last_row is None or last_row.table != row.table:
        return column
    if previous is not None and previous.kind in ("column", "header"):
        return column
    return column if before_columns else row


@lru_cache(maxsize=1)
def _markers() -> dict[str, re.Pattern[str]]:
    """Return for each row with a list numeral the pattern of that numeral right before the label."""
    rows = [row for form in load_forms() for table in form.sectioned for row in table.rows if row.marker]
    return {row.id: re.compile(rf"{row.marker}\s*[)\u3001.]\s*\Z") for row in rows if row.marker}


def _before_note(hit: Hit, run: tuple[Value, ...], grid: Grid, notes: list[int]) -> tuple[Value, ...]:
    """Return the values before the first line of other text (``notes`` are the places of such text): a footnote.

    Nothing when a caption's number is all there is.
    """
    if _is_caption(hit, run[0], grid, notes):
        return ()
    for index in range(1, len(run)):
        note = bisect_left(notes, run[index].start) - 1
        if note < 0 or notes[note] < run[index - 1].end:
            continue
        if grid.line(notes[note]) == grid.line(run[index].start):
            return run[:index]
    return run


def _is_caption(hit: Hit, value: Value, grid: Grid, notes: list[int]) -> bool:
    """Whether a number is glued to a text that begins a later line, as in the caption of the next table."""
    note = bisect_left(notes, value.start) - 1
    if note < 0 or notes[note] < hit.end or grid.line(notes[note]) == grid.line(hit.end - 1):
        return False
    return grid.is_text(grid.cell_start(value.start), value.start)


def best_form(found: Found) -> tuple[Wording, int]:
    """Return the form whose labels fit best and by how many labels it leads the next one.

    A label counts for a form that has it and against one that has not; a label of the form that is not printed
    counts against it.
    """
    printed = {pair for pair in found.ids if pair[0] in _CELLS}
    valued = {row.id for row in found.rows if row.values}
    scored = [(_fit(wording, printed, valued), wording.form.first_year, wording) for wording in _wordings(found.table)]
    scored.sort(key=_by_fit, reverse=True)
    lead = scored[0][0] - scored[1][0] if len(scored) > 1 else scored[0][0]
    return scored[0][2], lead


_CELLS = ("row", "column")
_by_fit = itemgetter(0, 1)


Name = tuple[str, str]
"""The id of a row or column and the words of its label."""


class FormRow(NamedTuple):
    """A row of a form with its columns; ``counts`` is whether none of them holds money."""

    id: str
    columns: tuple[Column, ...]
    ids: tuple[str, ...]
    names: tuple[Name, ...]
    counts: bool


class Wording(NamedTuple):
    """What a form prints in one of its tables.

    ``own`` are the labels as (kind, id), ``groups`` its group headings that are such labels, ``names`` those of the
    rows, ``widths`` the number of columns that each row fills.
    """

    form: Form
    table: TableForm
    own: frozenset[tuple[str, str]]
    groups: tuple[tuple[str, str], ...]
    rows: tuple[FormRow, ...]
    names: tuple[Name, ...]
    widths: dict[str, int]


@lru_cache(maxsize=len(TABLES))
def _wordings(table_id: TableId) -> tuple[Wording, ...]:
    """Return what each form that has the table prints in it."""
    return tuple(_wording(form, table) for form in load_forms() if (table := form.table_form(table_id)))


def _wording(form: Form, table: TableForm) -> Wording:
    own = frozenset([("row", row.id) for row in table.rows] + [("column", column.id) for column in table.columns])
    groups = {group.id for group in table.groups}
    rows = tuple(_form_row(table, row) for row in table.rows)
    return Wording(
        form=form,
        table=table,
        own=own,
        groups=tuple(pair for pair in own if pair[1] in groups),
        rows=rows,
        names=tuple((row.id, folded_keys((row.label,))[0]) for row in table.rows),
        widths={row.id: len(row.columns) for row in rows},
    )


def _form_row(table: TableForm, row: Row) -> FormRow:
    ids = table.columns_of(row)
    columns = tuple(column for column in table.columns if column.id in ids)
    names = tuple((column.id, folded_keys((column.label,))[0]) for column in columns)
    return FormRow(row.id, columns, ids, names, not any(column.money for column in columns))


def _fit(wording: Wording, printed: set[tuple[str, str]], valued: set[str]) -> int:
    own = wording.own
    others = printed - own
    common = len(printed) - len(others)
    # A group heading has the wording of another form's row: only its values make it a row.
    foreign = [pair for pair in others if pair[1] in valued or pair[0] == "column"]
    headings = [pair for pair in wording.groups if pair in printed and pair[1] not in valued]
    return common - len(headings) - (len(own) - common) - len(foreign)


def _misspelt(folded: str, free: list[Fragment], hits: list[Hit]) -> list[Hit]:
    """Return rows that are printed with a wrong, missing or extra character, where exactly one missing row is near."""
    if not free:
        return []
    printed = _Printed(hits)
    extra: list[Hit] = []
    groups = _by_cell(folded, free)
    at = 0
    while at < len(groups):
        pieces: list[Fragment] = []
        for count, group in enumerate(groups[at : at + _MOST_PIECES]):
            pieces += group
            if printed.before(pieces[0][0]) != printed.before(pieces[-1][0]):
                break
            guess = _guess(folded, pieces, printed)
            if guess is not None:
                extra.append(guess)
                at += count
                break
        at += 1
    return extra


class _Printed:
    """What a report prints: a row of another table, or one that is there, is not looked for."""

    def __init__(self, hits: list[Hit]) -> None:
        self._hits = hits
        self._starts = [hit.start for hit in hits]

    @cached_property
    def _rows(self) -> list[Hit]:
        return [hit for hit in self._hits if hit.meaning.kind == "row"]

    @cached_property
    def _meanings(self) -> set[Meaning]:
        return {hit.meaning for hit in self._rows}

    @cached_property
    def _tables(self) -> set[str]:
        return {hit.meaning.table for hit in self._hits}

    def before(self, place: int) -> int:
        """Return how many labels begin before ``place``."""
        return bisect_left(self._starts, place)

    def lacks(self, row: Meaning) -> bool:
        """Whether ``row`` may be printed with a wrong character."""
        return row.table in self._tables and row not in self._meanings

    def expected(self, place: int) -> str | None:
        """Return the one row that a form has between the rows printed before and after ``place``."""
        at = bisect_left(self._rows, place, key=attrgetter("start"))
        if not 0 < at < len(self._rows):
            return None
        before, after = self._rows[at - 1].meaning, self._rows[at].meaning
        return _gaps().get((before.table, before.id, after.id))


def _guess(folded: str, pieces: list[Fragment], printed: _Printed) -> Hit | None:
    """Return the one missing row whose label is near to the text of ``pieces``.

    The row that is expected there, as the only one the form has between its neighbours, may differ twice as much.
    """
    text = "".join([folded[start:end] for start, end in pieces])
    if len(text) < _FUZZY_FLOOR:
        return None
    options = [(edits, row) for edits, row in _near_rows(text) if printed.lacks(row)] if len(text) < _LONGEST else []
    least = min([edits for edits, _ in options], default=0)
    near = {row for edits, row in options if edits == least}
    if not near and (expected := printed.expected(pieces[0][0])) is not None:
        own = [(key, row) for key, row in _row_keys().items() if row.id == expected and printed.lacks(row)]
        near = {row for key, row in own if distance(text, key, 2 * allowed(key)) <= 2 * allowed(key)}
    return Hit(pieces[0][0], pieces[-1][1], text, near.pop(), True) if len(near) == 1 else None


@lru_cache(maxsize=4096)
def _near_rows(text: str) -> tuple[tuple[int, Meaning], ...]:
    """Return the rows whose label may be meant by ``text``, with the edits between; the words of a form recur."""
    found = []
    own = set(text)
    for key, row in _row_keys().items():
        limit = allowed(key)
        # Each character that the other has not is an edit: few labels need to be compared.
        if -limit <= len(key) - len(text) <= limit and len(own.difference(key)) <= limit:
            edits = distance(text, key, limit)
            if edits <= limit:
                found.append((edits, row))
    return tuple(found)


@lru_cache(maxsize=1)
def _gaps() -> dict[tuple[str, str, str], str]:
    """Return for each pair of rows with just one row between them in a form that row."""
    return {
        (table.id, first.id, last.id): middle.id
        for form in load_forms()
        for table in form.sectioned
        for first, middle, last in zip(table.rows, table.rows[1:], table.rows[2:], strict=False)
    }


@lru_cache(maxsize=1)
def _row_keys() -> dict[str, Meaning]:
    """Return the full label of every row that is long enough to be recognised when misspelt."""
    numerals = load_layout().numerals
    found: dict[str, Meaning] = {}
    for form in load_forms():
        for table in form.sectioned:
            for row in table.rows:
                for key in folded_keys((row.label.lstrip(f"（{numerals}）、"), *row.keys)):
                    if len(key) >= _FUZZY_FLOOR:
                        found.setdefault(key, Meaning(table.id, "row", row.id, row.exact))
    return found


def _uncovered(fragments: tuple[Fragment, ...], hits: list[Hit]) -> list[Fragment]:
    """Return the fragments that no label covers."""
    found = []
    places = iter([(hit.start, hit.end) for hit in hits])
    beyond = fragments[-1][1] if fragments else 0
    first, last = next(places, (beyond, beyond))
    for fragment in fragments:
        start, end = fragment
        while last <= start:
            first, last = next(places, (beyond, beyond))
        if first >= end:
            found.append(fragment)
    return found


def _is_text(folded: str, fragment: Fragment) -> bool:
    """Whether a fragment is more than one character of a label that is printed downwards."""
    start, end = fragment
    return end - start > 1 or folded[end : end + 1].isdecimal()


def _by_cell(folded: str, fragments: list[Fragment]) -> list[list[Fragment]]:
    """Group neighbouring fragments of one printed cell."""
    groups: list[list[Fragment]] = []
    for fragment in fragments:
        if groups and not _DELIMITER.search(folded, groups[-1][-1][1], fragment[0]):
            groups[-1].append(fragment)
        else:
            groups.append([fragment])
    return groups

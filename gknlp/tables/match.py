"""Labels and values -> rows: what each label means where it stands, and which values belong to which row.

A value belongs to the last label that begins before it, so numbers on the first, a middle or the last line of a
wrapped label, behind it or on the lines after it all find their row. Nothing is counted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from gknlp.knowledge.forms import Form, TableForm, folded_keys, load_forms
from gknlp.knowledge.layout import load_layout
from gknlp.model import TableId
from gknlp.tables.labels import Label, Meaning, Stream, find_labels
from gknlp.tables.lexer import Fragment, Grid, Tokens, Value
from gknlp.text.similar import allowed, distance

TABLES: tuple[TableId, ...] = ("disclosure", "requests", "remedies")
_DELIMITER = re.compile(r"[\n\t|\d]")
_MOST_PIECES = 3  # lines over which a misspelt label may be wrapped
_FUZZY_FLOOR = 4  # Han characters; a shorter label must be printed right
_LONGEST = 100  # Han characters; no label is as long


class Hit(NamedTuple):
    """A label whose meaning is settled."""

    start: int
    end: int
    key: str
    meaning: Meaning
    guessed: bool  # read although it is printed with a wrong character


@dataclass(slots=True)
class RowHit:
    """A row as printed: its label, the values that belong to it, and where the next label begins.

    ``lead`` is the number of group labels right before the row's own, which stand on the same line of the grid.
    """

    id: str
    label: Hit
    values: list[Value]
    stop: int
    lead: int


@dataclass(slots=True)
class Found:
    """All that is printed of one table: rows and header labels in print order, and both with the values between."""

    table: TableId
    rows: list[RowHit] = field(default_factory=list)
    headers: list[Hit] = field(default_factory=list)
    sequence: list[Hit | Value] = field(default_factory=list)
    lead: int = 0  # group labels since the last row or value

    def ids(self) -> set[tuple[str, str]]:
        """Return (kind, id) of every label printed."""
        return {(hit.meaning.kind, hit.meaning.id) for hit in self.headers} | {("row", row.id) for row in self.rows}


def match(folded: str, stream: Stream) -> dict[TableId, Found]:
    """Return what is printed of each table in the stream's region."""
    hits = settle(folded, find_labels(stream), stream.tokens.values)
    free = _uncovered(stream.tokens.fragments, hits)
    guessed = _misspelt(folded, free, hits)
    notes = [fragment.start for fragment in free if _is_text(folded, fragment)]
    if guessed:
        hits = sorted((*hits, *guessed), key=lambda hit: hit.start)
        notes = [note for note in notes if not any(hit.start <= note < hit.end for hit in guessed)]
    found: dict[str, Found] = {table: Found(table) for table in TABLES}
    for hit, values, stop in _runs(hits, stream.tokens, notes):
        _file(found[hit.meaning.table], hit, values, stop)
    return {table: found[table] for table in TABLES}


def settle(folded: str, labels: list[Label], values: tuple[Value, ...]) -> list[Hit]:
    """Decide the meaning of labels that may have several (总计 and 其他 name rows and columns)."""
    starts = [value[0] for value in values]
    table = next((label.meanings[0].table for label in labels if label.settled), "requests")
    hits: list[Hit] = []
    last_row: Meaning | None = None  # how far the table has come
    new = tuple.__new__  # makes a named tuple in half the time
    for index, label in enumerate(labels):
        start, end, key, meanings, settled = label
        if settled:
            meaning: Meaning | None = meanings[0]
        else:
            at = bisect_left(starts, start)
            fresh = not hits or (at > 0 and starts[at - 1] >= hits[-1].end)
            previous = None if fresh else hits[-1].meaning
            following = _following(labels, index, starts, at)
            meaning = _choose(folded, label, table, previous, following, last_row)
        if meaning is not None:
            table, kind, _, _ = meaning
            if kind == "row" or kind == "group":
                last_row = meaning
            hits.append(new(Hit, (start, end, key, meaning, False)))
    return hits


def _following(labels: list[Label], index: int, starts: list[int], at: int) -> Label | None:
    """Return the next label when no value stands between."""
    if index + 1 == len(labels):
        return None
    label = labels[index + 1]
    return None if at < len(starts) and starts[at] < label.start else label


def _choose(
    folded: str, label: Label, table: str, previous: Meaning | None, following: Label | None, last_row: Meaning | None
) -> Meaning | None:
    """Choose a meaning from the neighbours: a column stands among columns, a row after rows."""
    options = [meaning for meaning in label.meanings if meaning.table == table]
    row = next((meaning for meaning in options if meaning.kind == "row"), None)
    column = next((meaning for meaning in options if meaning.kind == "column"), None)
    if row is None or column is None:
        return row or column
    marker = _markers().get(row.id)
    if marker and marker.search(folded, max(0, label.start - 8), label.start):
        return row
    if last_row is None or last_row.table != table:
        return column
    if previous is not None and previous.kind in ("column", "header"):
        return column
    columns = following is not None and all(m.kind in ("column", "header") for m in following.meanings)
    return column if columns else row


@lru_cache(maxsize=1)
def _markers() -> dict[str, re.Pattern[str]]:
    """Return for each row with a list numeral the pattern of that numeral right before the label."""
    rows = [row for form in load_forms() for table in form.table for row in table.rows if row.marker]
    return {row.id: re.compile(rf"{row.marker}\s*[)\u3001.]\s*\Z") for row in rows if row.marker}


def _runs(hits: list[Hit], tokens: Tokens, notes: list[int]) -> list[tuple[Hit, list[Value], int]]:
    """Return each label with the values that stand after its start and before the next label's start.

    A later line that begins with other text (``notes`` are the places of such text) is a footnote: it ends the run.
    """
    values, grid = list(tokens.values), tokens.grid
    starts = [value[0] for value in values]
    stops = [*[hit[0] for hit in hits], grid.end]
    runs = []
    first = bisect_left(starts, stops[0])
    for hit, stop in zip(hits, stops[1:], strict=True):
        last = bisect_left(starts, stop, first)
        run = values[first:last]
        runs.append((hit, _before_note(hit, run, grid, notes) if run and notes else run, stop))
        first = last
    return runs


def _before_note(hit: Hit, run: list[Value], grid: Grid, notes: list[int]) -> list[Value]:
    """Return the values before the first line of other text; nothing when a caption's number is all there is."""
    if bisect_left(notes, hit.end) == bisect_left(notes, run[-1].start):
        return run
    if _is_caption(hit, run[0], grid, notes):
        return []
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
    start, _ = grid.cells(value.start)[grid.cell(value.start)]
    return grid.is_text(start, value.start)


def _file(found: Found, hit: Hit, values: list[Value], stop: int) -> None:
    found.sequence.append(hit)
    found.sequence += values
    _, kind, row, _ = hit.meaning
    if kind == "row":
        found.rows.append(RowHit(row, hit, values, stop, found.lead))
    else:
        found.headers.append(hit)
    found.lead = found.lead + 1 if kind == "group" and not values else 0


def best_form(found: Found) -> tuple[Form, TableForm, int]:
    """Return the form whose labels fit best and by how many labels it leads the next one.

    A label counts for a form that has it and against one that has not; a label of the form that is not printed
    counts against it.
    """
    printed = {pair for pair in found.ids() if pair[0] in ("row", "column")}
    valued = {row.id for row in found.rows if row.values}
    scored = [(_fit(entry, printed, valued), entry) for entry in _wordings(found.table)]
    scored.sort(key=lambda entry: (entry[0], entry[1].form.first_year), reverse=True)
    lead = scored[0][0] - scored[1][0] if len(scored) > 1 else scored[0][0]
    return scored[0][1].form, scored[0][1].table, lead


class _Wording(NamedTuple):
    """The labels of one table of a form, as (kind, id), and the ids of its group headings."""

    form: Form
    table: TableForm
    own: frozenset[tuple[str, str]]
    groups: frozenset[str]


@lru_cache(maxsize=len(TABLES))
def _wordings(table_id: TableId) -> tuple[_Wording, ...]:
    """Return what each form that has the table prints in it."""
    found = []
    for form in load_forms():
        table = form.table_form(table_id)
        if table is not None:
            own = [("row", row.id) for row in table.rows] + [("column", column.id) for column in table.columns]
            found.append(_Wording(form, table, frozenset(own), frozenset(group.id for group in table.groups)))
    return tuple(found)


def _fit(wording: _Wording, printed: set[tuple[str, str]], valued: set[str]) -> int:
    own, groups = wording.own, wording.groups
    # A group heading has the wording of another form's row: only its values make it a row.
    foreign = [pair for pair in printed - own if pair[1] in valued or pair[0] == "column"]
    matched = [pair for pair in printed & own if pair[1] not in groups or pair[1] in valued]
    return len(matched) - len(own - printed) - len(foreign)


def _misspelt(folded: str, free: list[Fragment], hits: list[Hit]) -> list[Hit]:
    """Return rows that are printed with a wrong, missing or extra character, where exactly one missing row is near."""
    if not free:
        return []
    rows = [hit for hit in hits if hit.meaning.kind == "row"]
    printed = _Printed({hit.meaning.table for hit in hits}, {hit.meaning for hit in rows})
    extra: list[Hit] = []
    groups = _by_cell(folded, free)
    starts = [hit.start for hit in hits]
    row_starts = [hit.start for hit in rows]
    at = 0
    while at < len(groups):
        for count in range(1, _MOST_PIECES + 1):
            pieces = [fragment for group in groups[at : at + count] for fragment in group]
            if bisect_left(starts, pieces[0].start) != bisect_left(starts, pieces[-1].start):
                break
            guess = _guess(folded, pieces, printed, _expected(rows, row_starts, pieces[0].start))
            if guess is not None:
                extra.append(guess)
                at += count - 1
                break
        at += 1
    return extra


class _Printed(NamedTuple):
    """What a report prints: tables and rows. A row of another table, or one that is there, is not looked for."""

    tables: set[str]
    rows: set[Meaning]

    def lacks(self, row: Meaning) -> bool:
        """Whether ``row`` may be printed with a wrong character."""
        return row.table in self.tables and row not in self.rows


def _guess(folded: str, pieces: list[Fragment], printed: _Printed, expected: str | None) -> Hit | None:
    """Return the one missing row whose label is near to the text of ``pieces``.

    The row that is ``expected`` there, as the only one the form has between its neighbours, may differ twice as much.
    """
    text = "".join([folded[start:end] for start, end in pieces])
    if len(text) < _FUZZY_FLOOR:
        return None
    options = [(edits, row) for edits, row in _near_rows(text) if printed.lacks(row)] if len(text) < _LONGEST else []
    least = min([edits for edits, _ in options], default=0)
    near = {row for edits, row in options if edits == least}
    if not near and expected is not None:
        own = [(key, row) for key, row in _row_keys().items() if row.id == expected and printed.lacks(row)]
        near = {row for key, row in own if distance(text, key, 2 * allowed(key)) <= 2 * allowed(key)}
    return Hit(pieces[0].start, pieces[-1].end, text, near.pop(), True) if len(near) == 1 else None


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


def _expected(rows: list[Hit], starts: list[int], place: int) -> str | None:
    """Return the one row that a form has between the rows printed before and after ``place``."""
    at = bisect_left(starts, place)
    if not 0 < at < len(rows):
        return None
    before, after = rows[at - 1].meaning, rows[at].meaning
    return _gaps().get((before.table, before.id, after.id))


@lru_cache(maxsize=1)
def _gaps() -> dict[tuple[str, str, str], str]:
    """Return for each pair of rows with just one row between them in a form that row."""
    return {
        (table.id, first.id, last.id): middle.id
        for form in load_forms()
        for table in form.table
        for first, middle, last in zip(table.rows, table.rows[1:], table.rows[2:], strict=False)
    }


@lru_cache(maxsize=1)
def _row_keys() -> dict[str, Meaning]:
    """Return the full label of every row that is long enough to be recognised when misspelt."""
    numerals = load_layout().numerals
    found: dict[str, Meaning] = {}
    for form in load_forms():
        for table in form.table:
            for row in table.rows:
                for key in folded_keys((row.label.lstrip(f"（{numerals}）、"), *row.keys)):
                    if len(key) >= _FUZZY_FLOOR:
                        found.setdefault(key, Meaning(table.id, "row", row.id, row.exact))
    return found


def _uncovered(fragments: tuple[Fragment, ...], hits: list[Hit]) -> list[Fragment]:
    """Return the fragments that no label covers."""
    found = []
    places = iter([(hit[0], hit[1]) for hit in hits])
    beyond = fragments[-1].end if fragments else 0
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
    return fragment.end - fragment.start > 1 or folded[fragment.end : fragment.end + 1].isdecimal()


def _by_cell(folded: str, fragments: list[Fragment]) -> list[list[Fragment]]:
    """Group neighbouring fragments of one printed cell."""
    groups: list[list[Fragment]] = []
    for fragment in fragments:
        if groups and not _DELIMITER.search(folded, groups[-1][-1].end, fragment.start):
            groups[-1].append(fragment)
        else:
            groups.append([fragment])
    return groups

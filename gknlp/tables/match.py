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
from gknlp.text.similar import allowed, distance, nearest

TABLES: tuple[TableId, ...] = ("disclosure", "requests", "remedies")
_DELIMITER = re.compile(r"[\n\t|\d]")
_MOST_PIECES = 3  # lines over which a misspelt label may be wrapped
_FUZZY_FLOOR = 4  # Han characters; a shorter label must be printed right


class Hit(NamedTuple):
    """A label whose meaning is settled."""

    start: int
    end: int
    key: str
    meaning: Meaning
    guessed: bool  # read although it is printed with a wrong character


@dataclass
class RowHit:
    """A row as printed: its label, the values that belong to it, and where the next label begins.

    ``lead`` is the number of group labels right before the row's own, which stand on the same line of the grid.
    """

    id: str
    label: Hit
    values: list[Value]
    stop: int
    lead: int


@dataclass
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
    starts = [value.start for value in values]
    table = next((m.meanings[0].table for m in labels if m.settled()), "requests")
    hits: list[Hit] = []
    last_row: Meaning | None = None  # how far the table has come
    at = 0
    for index, label in enumerate(labels):
        while at < len(starts) and starts[at] < label.start:
            at += 1
        if label.settled():
            meaning: Meaning | None = label.meanings[0]
        else:
            fresh = not hits or (at > 0 and starts[at - 1] >= hits[-1].end)
            previous = None if fresh else hits[-1].meaning
            following = _following(labels, index, starts, at)
            meaning = _choose(folded, label, table, previous, following, last_row)
        if meaning is not None:
            table = meaning.table
            last_row = meaning if meaning.kind in ("row", "group") else last_row
            hits.append(Hit(label.start, label.end, label.key, meaning, False))
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
    runs = []
    values, at = tokens.values, 0
    for index, hit in enumerate(hits):
        stop = hits[index + 1].start if index + 1 < len(hits) else tokens.grid.end
        while at < len(values) and values[at].start < hit.start:
            at += 1
        first = at
        while at < len(values) and values[at].start < stop:
            at += 1
        run = values[first:at]
        runs.append((hit, _before_note(hit, run, tokens.grid, notes), stop))
    return runs


def _before_note(hit: Hit, run: tuple[Value, ...], grid: Grid, notes: list[int]) -> list[Value]:
    """Return the values before the first line of other text; nothing when a caption's number is all there is."""
    if not run or bisect_left(notes, hit.end) == bisect_left(notes, run[-1].start):
        return list(run)
    if _is_caption(hit, run[0], grid, notes):
        return []
    for index in range(1, len(run)):
        note = bisect_left(notes, run[index].start) - 1
        if note < 0 or notes[note] < run[index - 1].end:
            continue
        if grid.line(notes[note]) == grid.line(run[index].start):
            return list(run[:index])
    return list(run)


def _is_caption(hit: Hit, value: Value, grid: Grid, notes: list[int]) -> bool:
    """Whether a number is glued to a text that begins a later line, as in the caption of the next table."""
    note = bisect_left(notes, value.start) - 1
    if note < 0 or notes[note] < hit.end or grid.line(notes[note]) == grid.line(hit.end - 1):
        return False
    start, _ = grid.cells(value.start)[grid.cell(value.start)]
    return grid.is_text(start, value.start)


def _file(found: Found, hit: Hit, values: list[Value], stop: int) -> None:
    found.sequence.append(hit)
    found.sequence.extend(values)
    if hit.meaning.kind == "row":
        found.rows.append(RowHit(hit.meaning.id, hit, values, stop, found.lead))
    else:
        found.headers.append(hit)
    found.lead = found.lead + 1 if hit.meaning.kind == "group" and not values else 0


def best_form(found: Found) -> tuple[Form, TableForm, int]:
    """Return the form whose labels fit best and by how many labels it leads the next one.

    A label counts for a form that has it and against one that has not; a label of the form that is not printed
    counts against it.
    """
    printed = {pair for pair in found.ids() if pair[0] in ("row", "column")}
    valued = {row.id for row in found.rows if row.values}
    scored = []
    for form in load_forms():
        table = form.table_form(found.table)
        if table is not None:
            scored.append((_fit(table, printed, valued), form.first_year, form, table))
    scored.sort(key=lambda entry: entry[:2], reverse=True)
    lead = scored[0][0] - scored[1][0] if len(scored) > 1 else scored[0][0]
    return scored[0][2], scored[0][3], lead


def _fit(table: TableForm, printed: set[tuple[str, str]], valued: set[str]) -> int:
    groups = {group.id for group in table.groups}
    rows = {row.id for row in table.rows}
    own = {("row", row) for row in rows} | {("column", column.id) for column in table.columns}
    # A group heading has the wording of another form's row: only its values make it a row.
    foreign = {pair for pair in printed - own if pair[1] in valued or pair[0] == "column"}
    matched = {pair for pair in printed & own if pair[1] in valued or pair[1] not in groups}
    return len(matched) - len(own - printed) - len(foreign)


def _misspelt(folded: str, free: list[Fragment], hits: list[Hit]) -> list[Hit]:
    """Return rows that are printed with a wrong, missing or extra character, where exactly one missing row is near."""
    known = {hit.meaning for hit in hits if hit.meaning.kind == "row"}
    tables = {hit.meaning.table for hit in hits}
    missing = {key: m for key, m in _row_keys().items() if m.table in tables and m not in known}
    extra: list[Hit] = []
    groups = _by_cell(folded, free)
    starts = [hit.start for hit in hits]
    rows = [hit for hit in hits if hit.meaning.kind == "row"]
    row_starts = [hit.start for hit in rows]
    at = 0
    while at < len(groups):
        for count in range(1, _MOST_PIECES + 1):
            pieces = [fragment for group in groups[at : at + count] for fragment in group]
            if bisect_left(starts, pieces[0].start) != bisect_left(starts, pieces[-1].start):
                break
            guess = _guess(folded, pieces, missing, _expected(rows, row_starts, pieces[0].start))
            if guess is not None:
                extra.append(guess)
                at += count - 1
                break
        at += 1
    return extra


def _guess(folded: str, pieces: list[Fragment], missing: dict[str, Meaning], expected: str | None) -> Hit | None:
    """Return the one missing row whose label is near to the text of ``pieces``.

    The row that is ``expected`` there, as the only one the form has between its neighbours, may differ twice as much.
    """
    length = sum(fragment.end - fragment.start for fragment in pieces)
    if length < _FUZZY_FLOOR:
        return None
    text = "".join(folded[fragment.start : fragment.end] for fragment in pieces)
    keys = [key for key in missing if abs(len(key) - length) <= allowed(key)]
    near = {missing[key] for key in nearest(text, keys)} if keys else set()
    if not near and expected is not None:
        own = [key for key, meaning in missing.items() if meaning.id == expected]
        near = {missing[key] for key in own if distance(text, key, 2 * allowed(key)) <= 2 * allowed(key)}
    return Hit(pieces[0].start, pieces[-1].end, text, near.pop(), True) if len(near) == 1 else None


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
    at = 0
    for fragment in fragments:
        while at < len(hits) and hits[at].end <= fragment.start:
            at += 1
        if at == len(hits) or hits[at].start >= fragment.end:
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

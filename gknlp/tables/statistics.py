"""The annex of the reports on 2014 to 2018: a list of indicators, each with its unit and one number.

Labels recur (被依法纠错数 stands under reviews and under suits): the order of the list tells which one is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from gknlp import findings
from gknlp.knowledge.forms import Column, Form, Row, TableForm, folded_keys, load_forms
from gknlp.model import Cell, Diagnostic, Document, Table
from gknlp.tables import cells as make
from gknlp.tables.labels import Stream, join_fragments
from gknlp.tables.lexer import tokenize
from gknlp.tables.lines import Value
from gknlp.text.normalize import fold
from gknlp.text.trie import trie_pattern

_FEW = 8  # labels; with fewer there is no annex
_BACK = 3  # rows that a copy may print earlier than the form does


class Annex(NamedTuple):
    """The table and what is to be said about it."""

    table: Table
    diagnostics: tuple[Diagnostic, ...]


class _Hit(NamedTuple):
    """A label in the text: its place and the rows that it may name, by number."""

    start: int
    end: int
    rows: tuple[int, ...]


class _Entry(NamedTuple):
    """A printed indicator: the number of its row, its place and the values behind it."""

    row: int
    start: int
    end: int
    values: tuple[Value, ...]


def read_annex(document: Document) -> Annex | None:
    """Return the list of indicators of a report, ``None`` when it prints none.

    A row with one number has it; one with several is read only when all but the first are running numbers of the list;
    else its value is null and ``row_too_long`` says why.
    """
    form, table = _form()
    start = _start(document.folded)
    if start is None:
        return None
    stream = join_fragments(document.folded, tokenize(document.folded, start, len(document.folded)))
    chosen = _in_order(_hits(stream, table), len(table.rows))
    if len(chosen) < _FEW:
        return None
    entries = _without_numbers(_entries(chosen, stream.tokens.values))
    cells, notes = _cells(document.text, table, entries)
    printed = Table(id=table.id, form=form.id, start=start, end=_end(entries), cells=tuple(cells))
    return Annex(printed, tuple(notes))


@lru_cache(maxsize=1)
def _form() -> tuple[Form, TableForm]:
    """Return the form with an annex, and the annex."""
    return next((form, table) for form in load_forms() for table in form.table if table.annex)


def _start(folded: str) -> int | None:
    """Return where the list begins: at its title or header, the last that at least some labels follow.

    Without either the indicators are told in prose, one after the other: those are facts and no table.
    """
    starts = [found.start() for found in _opening().finditer(folded)]
    labels = [found.start() for found in _strict().finditer(folded)] if starts else []
    following = [start for start in starts if sum(label >= start for label in labels) >= _FEW // 2]
    return following[-1] if following else None


@lru_cache(maxsize=1)
def _opening() -> re.Pattern[str]:
    table = _form()[1]
    words = [fold(title) for title in table.titles] + [fold(key) for column in table.columns for key in column.keys]
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=1)
def _strict() -> re.Pattern[str]:
    """Return what finds labels that are printed without a break."""
    return re.compile(trie_pattern(_vocabulary()[1]))


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[re.Pattern[str], dict[str, tuple[int, ...]]]:
    """Return the pattern of all keys and the rows that each may name."""
    known: dict[str, list[int]] = {}
    for number, row in enumerate(_form()[1].rows):
        for key in folded_keys(row.keys):
            known.setdefault(key, []).append(number)
    return re.compile(trie_pattern(known)), {key: tuple(rows) for key, rows in known.items()}


def _hits(stream: Stream, table: TableForm) -> Iterator[_Hit]:
    """Yield the labels of the list; one that must be the whole of its cell does not end a longer one."""
    pattern, known = _vocabulary()
    for found in pattern.finditer(stream.text):
        rows = tuple(row for row in known[found[0]] if not table.rows[row].exact or found.start() in stream.numbers)
        if rows:
            yield _Hit(stream.place(found.start()), stream.place(found.end() - 1) + 1, rows)


def _in_order(hits: Iterator[_Hit], rows: int) -> list[tuple[int, _Hit]]:
    """Return the row of each label: the first that was not printed yet, as the list goes on."""
    taken: set[int] = set()
    last = -1
    chosen = []
    for hit in hits:
        ahead = [row for row in hit.rows if row > last - _BACK and row not in taken]
        if ahead:
            last = min(ahead, key=lambda row: (row <= last, row))
            taken.add(last)
            chosen.append((last, hit))
    return chosen


def _entries(chosen: Sequence[tuple[int, _Hit]], values: Sequence[Value]) -> list[_Entry]:
    """Give each label the values up to the next one."""
    found = []
    at = 0
    for number, (row, hit) in enumerate(chosen):
        stop = chosen[number + 1][1].start if number + 1 < len(chosen) else None
        while at < len(values) and values[at].start < hit.end:
            at += 1
        own = []
        while at < len(values) and (stop is None or values[at].start < stop):
            own.append(values[at])
            at += 1
        found.append(_Entry(row, hit.start, hit.end, tuple(own)))
    return found


def _without_numbers(entries: list[_Entry]) -> list[_Entry]:
    """Drop the running numbers of a list that begins each line with one: they stand behind the value before."""
    lasts = [entry.values[-1].number for entry in entries[:-1] if len(entry.values) > 1]
    steps = sum(1 for a, b in pairwise(lasts) if a is not None and b is not None and 0 < b - a <= 3)
    if 2 * len(lasts) < len(entries) or steps < 0.8 * max(1, len(lasts) - 1):
        return entries
    return [
        entry._replace(values=entry.values[:-1]) if len(entry.values) > 1 and entry is not entries[-1] else entry
        for entry in entries
    ]


def _end(entries: Sequence[_Entry]) -> int:
    last = entries[-1]
    return last.values[-1].end if last.values else last.end


def _cells(text: str, table: TableForm, entries: Sequence[_Entry]) -> tuple[list[Cell], list[Diagnostic]]:
    """Return the cells in form order and what is to be said about rows that are missing, empty or too long."""
    printed = {entry.row: entry for entry in entries}
    cells: list[Cell] = []
    notes: list[Diagnostic] = []
    for number, row in enumerate(table.rows):
        entry = printed.get(number)
        cells.append(make.absent(row.id, _column(row).id) if entry is None else _cell(text, row, entry))
        if entry is not None and len(entry.values) > 1:
            place = {"start": entry.values[0].start, "end": entry.values[-1].end}
            sizes = {"count": len(entry.values), "width": 1}
            notes.append(findings.report("row_too_long", table=table.id, row=row.id, **sizes, **place))
    absent = [cell.row for cell in cells if cell.state == "absent"]
    blank = [cell.row for cell in cells if cell.state == "blank"]
    if absent:
        notes.append(findings.report("rows_absent", table=table.id, count=len(absent), rows=", ".join(absent)))
    if blank:
        notes.append(findings.report("rows_blank", table=table.id, count=len(blank), rows=", ".join(blank)))
    return cells, notes


def _cell(text: str, row: Row, entry: _Entry) -> Cell:
    column = _column(row)
    if not entry.values:
        return make.blank(row.id, column.id, entry.end)
    if len(entry.values) > 1:
        return make.unknown(text, row.id, column.id, entry.values)
    return make.printed(text, row.id, column, entry.values[0])


@lru_cache(maxsize=128)
def _column(row: Row) -> Column:
    """Return the column of the list as it is for one row: money may have decimals, counts may not."""
    column = _form()[1].columns[0]
    return Column(id=column.id, label=column.label, unit=row.unit, keys=(), money=row.money)

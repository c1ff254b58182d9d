"""The statistics of sections 二, 三 and 四, read by row label and column in every layout in which they circulate.

Stages, each callable alone: :mod:`lexer` (text -> fragments and values), :mod:`labels` (fragments -> labels of the
forms), :mod:`match` (labels and values -> rows), then one reader a table; :mod:`solve` places the numbers of rows
that lost a column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gknlp import findings
from gknlp.model import Cell, Diagnostic, Document, Section, Table, TableId
from gknlp.tables.disclosure import read_disclosure
from gknlp.tables.labels import join_fragments
from gknlp.tables.lexer import tokenize
from gknlp.tables.lines import Grid
from gknlp.tables.match import TABLES, Found, Wording, best_form, match
from gknlp.tables.remedies import read_remedies
from gknlp.tables.requests import read_requests
from gknlp.tables.statistics import read_annex

Reader = Callable[[str, Grid, Found, Wording], tuple[list[Cell], list[Diagnostic]]]

_READERS: dict[TableId, Reader] = {
    "disclosure": read_disclosure,
    "requests": read_requests,
    "remedies": read_remedies,
}
_CLOSE = 2  # labels; a smaller lead over the next form is worth a note
_FEW = {"disclosure": 2, "requests": 3, "remedies": 4}  # labels; with fewer the table is not there


class TablesResult(NamedTuple):
    """The tables of a report in form order, the form of most of them, and what is to be said about them."""

    tables: tuple[Table, ...]
    form: str | None
    diagnostics: tuple[Diagnostic, ...]


def read_tables(document: Document, sections: Sequence[Section]) -> TablesResult:
    """Read the tables of ``document``; one that is not printed gives the diagnostic ``table_absent``.

    A report that prints at most one of the three tables is looked through for the annex of 2014 to 2018.
    """
    start, end = _region(document.text, sections)
    stream = join_fragments(document.folded, tokenize(document.folded, start, end))
    stream.tokens.grid.exact = document.grids
    found = match(document.folded, stream)
    tables: list[Table] = []
    notes: list[Diagnostic] = []
    absent: list[TableId] = []
    for name in TABLES:
        if _is_printed(found[name]):
            table, said = _read(document, stream.tokens.grid, found[name])
            tables.append(table)
            notes += said
        else:
            absent.append(name)
    annex = read_annex(document) if len(absent) > 1 else None
    if annex is not None:
        tables.append(annex.table)
        notes += annex.diagnostics
    else:
        notes += [findings.report("table_absent", table=name) for name in absent]
    form = _form_of_most(tables)
    settled = tuple(_with_form(table, form) for table in tables)
    return TablesResult(settled, form, tuple(notes))


def _region(text: str, sections: Sequence[Section]) -> tuple[int, int]:
    """Return the span from the first to the last section with tables; the whole text where none is known."""
    spans = [(section.start, section.end) for section in sections if section.id in _READERS]
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, len(text))


def _is_printed(found: Found) -> bool:
    return len(found.ids) >= _FEW[found.table] or (found.table == "requests" and any(row.values for row in found.rows))


def _read(document: Document, grid: Grid, found: Found) -> tuple[Table, list[Diagnostic]]:
    wording, lead = best_form(found)
    form = wording.form
    cells, notes = _READERS[found.table](document.text, grid, found, wording)
    if 0 < lead < _CLOSE:
        notes.insert(0, findings.report("form_close", table=found.table, form=form.id, lead=lead))
    blank = [cell.row for cell in cells if cell.state == "blank"]
    rows = {cell.row for cell in cells if cell.value is not None} if blank else set()
    empty = len([row for row in blank if row in rows])
    if empty:
        notes.append(findings.report("cells_blank", table=found.table, count=empty))
    start, end = found.start, found.end
    if not document.text[end:].strip():
        notes.append(findings.report("table_at_end_of_text", table=found.table, start=start, end=end))
    return Table(id=found.table, form=form.id, start=start, end=end, cells=tuple(cells)), notes


def _form_of_most(tables: Sequence[Table]) -> str | None:
    """Return the form of most tables; section 四 is alike in all forms and does not vote."""
    votes = Counter(table.form for table in tables if table.id != "remedies")
    if not votes:
        return None
    most = max(votes.values())
    return next(table.form for table in tables if votes[table.form] == most)


def _with_form(table: Table, form: str | None) -> Table:
    """Give section 四, which tells no form by itself, the form of the report."""
    if table.id != "remedies" or form is None or table.form == form:
        return table
    return Table(id=table.id, form=form, start=table.start, end=table.end, cells=table.cells)

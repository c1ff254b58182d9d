"""The official forms: their tables, rows, columns, labels and identities, read from ``forms/*.toml``.

A new form year is one more file there; it must carry example grids, which its test reads.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Literal

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Number, Record, TableId
from gknlp.text.normalize import fold

RowRole = Literal["new", "carried_in", "leaf", "result_total", "carried_out"]


class Column(Record, frozen=True, kw_only=True):
    """One value column; ``keys`` are the wordings that name it in a header. Only a column of money has decimals."""

    id: str
    label: str
    unit: str
    keys: tuple[str, ...]
    money: bool = False


class Row(Record, frozen=True, kw_only=True):
    """One row with values.

    ``columns`` are the columns it fills (all of the table when empty). An ``exact`` key must be the whole of what
    is printed in its cell; the others may stand inside a longer label. ``marker`` is the list numeral that tells the
    row from a column of the same name. ``unit`` is that of a row of a list of indicators, ``money`` says that it may
    have decimals, ``verified`` that its label was seen in published copies of such a list.
    """

    id: str
    label: str
    keys: tuple[str, ...]
    columns: tuple[str, ...] = ()
    role: RowRole | None = None
    group: str | None = None
    exact: bool = False
    marker: str | None = None
    unit: str = ""
    money: bool = False
    verified: bool = False


class Group(Record, frozen=True, kw_only=True):
    """A heading inside a table that has no values of its own."""

    id: str
    label: str
    keys: tuple[str, ...]


class Header(Record, frozen=True, kw_only=True):
    """Upper header cells that are no columns themselves."""

    applicants: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


class Equation(Record, frozen=True, kw_only=True):
    """An identity of the form: the sum of ``left`` equals the sum of ``right``.

    Along ``"row"`` the terms are columns and it holds in each row (of ``where``, when given); along ``"column"`` the
    terms are rows and it holds in each column.
    """

    rule: str
    along: Literal["row", "column"]
    left: tuple[str, ...]
    right: tuple[str, ...]
    where: tuple[str, ...] = ()


class TableForm(Record, frozen=True, kw_only=True):
    """One table of a form; an ``annex`` is a list of indicators behind the report, not a table of a section."""

    id: TableId
    label: str
    section: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    titles: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    header: Header = Header()
    equations: tuple[Equation, ...] = ()
    annex: bool = False

    def columns_of(self, row: Row) -> tuple[str, ...]:
        """Return the ids of the columns that ``row`` fills, in form order."""
        return row.columns or tuple(column.id for column in self.columns)

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return (row id, column id) of every cell, in form order."""
        return tuple((row.id, column) for row in self.rows for column in self.columns_of(row))


class Example(Record, frozen=True, kw_only=True):
    """A grid that proves the form: reading ``text`` gives ``rows`` (values in form order)."""

    table: TableId
    text: str
    rows: dict[str, tuple[Number | None, ...]]


class Form(Record, frozen=True, kw_only=True):
    """One official form."""

    id: str
    title: str
    source: str
    first_year: int
    table: tuple[TableForm, ...]
    example: tuple[Example, ...]

    @property
    def sectioned(self) -> tuple[TableForm, ...]:
        """The tables that stand in sections of the report."""
        return tuple(table for table in self.table if not table.annex)

    def table_form(self, table_id: str) -> TableForm | None:
        """Return the form's table of that id, ``None`` when the form has no such table."""
        return next((table for table in self.table if table.id == table_id), None)


@lru_cache(maxsize=1)
def load_forms() -> tuple[Form, ...]:
    """Return all forms, ordered by id; :class:`KnowledgeError` names the file and the key of a wrong entry."""
    folder = resources.files("gknlp.knowledge") / "forms"
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return tuple(parse_form(entry.read_text(encoding="utf-8"), name=entry.name) for entry in files)


def parse_form(data: str, *, name: str) -> Form:
    """Read one form file; ``name`` is used in errors."""
    try:
        form = msgspec.toml.decode(data, type=Form)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{name}: {error}") from error
    for table in form.table:
        _check_table(table, name=name)
    return form


def _check_table(table: TableForm, *, name: str) -> None:
    """Refuse references to rows or columns that the table does not have."""
    columns = {column.id for column in table.columns}
    rows = {row.id for row in table.rows}
    roles = {f"@{row.role}" for row in table.rows if row.role}
    used = [(f"row {row.id}", column, columns) for row in table.rows for column in row.columns]
    for equation in table.equations:
        known = columns if equation.along == "row" else rows | roles
        used += [(equation.rule, term, known) for term in (*equation.left, *equation.right)]
        used += [(equation.rule, term, rows) for term in equation.where]
    for place, term, known in used:
        if term not in known:
            raise KnowledgeError(f"{name}: table {table.id}, {place}: unknown row or column {term!r}")


@lru_cache(maxsize=1024)
def folded_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return label keys as they are compared: folded, Han characters only, longest first."""
    plain = {"".join(char for char in fold(key) if "\u3400" <= char <= "\u9fff") for key in keys}
    return tuple(sorted(plain, key=lambda key: (-len(key), key)))

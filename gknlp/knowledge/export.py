"""The tables of the export, their columns and codes, the statistics of the panel, read from ``export.toml``."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Literal

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.knowledge.forms import load_forms
from gknlp.model import Record

ColumnType = Literal["str", "text", "int", "number", "bool", "json"]

_FILE = "export.toml"
_STATA_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


class Code(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value of a coded column; ``missing`` is Stata's name for the reason that a value is missing."""

    id: str
    zh: str
    en: str
    missing: str | None = None


class ExportColumn(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column: type, names, codes, and ``json``, the place of its value in a report."""

    id: str
    type: ColumnType
    zh: str
    en: str
    json: str = ""
    codes: str | None = None


class ExportTable(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table."""

    id: str
    zh: str
    en: str
    columns: tuple[ExportColumn, ...]


class Statistic(Record, frozen=True, kw_only=True):
    """One statistic of the panel: a cell, or a sum of cells (``parts``, one list for each form that differs)."""

    name: str
    table: str
    row: str
    column: str
    zh: str
    en: str
    parts: tuple[tuple[str, ...], ...] = ()


class _CodeList(Record, frozen=True, forbid_unknown_fields=True):
    id: str
    values: tuple[Code, ...]


class _Short(Record, frozen=True, forbid_unknown_fields=True):
    table: str
    prefix: str
    rows: dict[str, str]
    columns: dict[str, str]


class _Derived(Record, frozen=True, forbid_unknown_fields=True):
    table: str
    prefix: str
    id: str
    zh: str
    en: str
    parts: tuple[tuple[str, ...], ...]


class _File(Record, frozen=True, forbid_unknown_fields=True):
    table: tuple[ExportTable, ...]
    codes: tuple[_CodeList, ...]
    short: tuple[_Short, ...]
    derived: tuple[_Derived, ...]


@lru_cache(maxsize=1)
def _load() -> _File:
    data = (resources.files("gknlp.knowledge") / _FILE).read_text(encoding="utf-8")
    try:
        known = msgspec.toml.decode(data, type=_File)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{_FILE}: {error}") from error
    lists = {entry.id for entry in known.codes}
    for table in known.table:
        for column in table.columns:
            if column.codes is not None and column.codes not in lists:
                raise KnowledgeError(f"{_FILE}: {table.id}.{column.id}: unknown codes {column.codes!r}")
            if not _STATA_NAME.fullmatch(column.id):
                raise KnowledgeError(f"{_FILE}: {table.id}.{column.id}: not a name that every program takes")
    return known


@lru_cache(maxsize=1)
def load_codes() -> dict[str, tuple[Code, ...]]:
    """Return the lists of codes by id."""
    return {entry.id: entry.values for entry in _load().codes}


@lru_cache(maxsize=1)
def load_tables() -> dict[str, ExportTable]:
    """Return all tables by id; the panel's have a column for each statistic.

    :class:`KnowledgeError` names the key of a wrong entry.
    """
    tables = {table.id: table for table in _load().table}
    values = tuple(
        ExportColumn(id=item.name, type="number", zh=item.zh, en=item.en, json=_json(item))
        for item in load_statistics()
    )
    states = tuple(
        ExportColumn(id=item.name, type="str", codes="panel_state", zh=item.zh, en=item.en)
        for item in load_statistics()
    )
    for name, more in (("panel", values), ("panel_states", states)):
        tables[name] = msgspec.structs.replace(tables[name], columns=(*tables[name].columns, *more))
    return tables


def _json(item: Statistic) -> str:
    return "" if item.parts else f"tables[{item.table}].cells[{item.row}/{item.column}].value"


@lru_cache(maxsize=1)
def load_statistics() -> tuple[Statistic, ...]:
    """Return the statistics of all forms, each once, table by table and newest form first, then the sums."""
    found: dict[str, Statistic] = {}
    for form in reversed(load_forms()):
        for table in form.table:
            rows = {row.id: row.label for row in table.rows}
            columns = {column.id: column.label for column in table.columns}
            for row, column in table.keys():  # noqa: SIM118 - no dictionary
                name = statistic_name(table.id, row, column)
                if name not in found:
                    zh = rows[row] if len(columns) == 1 else f"{rows[row]}\u2014{columns[column]}"
                    found[name] = Statistic(
                        name=name, table=table.id, row=row, column=column, zh=zh, en=f"{table.id}: {row} / {column}"
                    )
    return (*sorted(found.values(), key=lambda item: _ORDER.get(item.table, 0)), *_sums())


_ORDER = {"disclosure": 1, "requests": 2, "remedies": 3, "statistics": 4}


def _sums() -> tuple[Statistic, ...]:
    short = {entry.table: entry for entry in _load().short}
    found = []
    for item in _load().derived:
        labels = {column.id: column.label for form in load_forms() for table in form.table for column in table.columns}
        for column, name in short[item.table].columns.items():
            zh, en = f"{item.zh}\u2014{labels[column]}", f"{item.en} / {column}"
            found.append(
                Statistic(
                    name=f"{item.prefix}_{item.id}_{name}",
                    table=item.table,
                    row=item.id,
                    column=column,
                    zh=zh,
                    en=en,
                    parts=item.parts,
                )
            )
    return tuple(found)


def statistic_name(table: str, row: str, column: str) -> str:
    """Return the short name of a statistic, which is a variable name in every program.

    >>> statistic_name("requests", "new_received", "natural_person")
    't3_new_np'
    """
    short = next((entry for entry in _load().short if entry.table == table), None)
    try:
        if short is not None:
            return f"{short.prefix}_{short.rows[row]}_{short.columns[column]}"
    except KeyError as error:
        raise KnowledgeError(f"{_FILE}: table {table}: no short name for {error.args[0]!r}") from error
    return row if row.startswith("f14_") else f"f14_{row}"

"""The wide panel: one row a report, one column a statistic, and beside it the reason where a value is missing."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from gknlp.export.rows import Row, Value, number, province, report_key
from gknlp.issuer.key import issuer_key
from gknlp.knowledge.export import Statistic, load_statistics
from gknlp.knowledge.forms import load_forms
from gknlp.model import Number, Report

NOT_IN_FORM = "not_in_form"
NO_TABLE = "no_table"
NOT_SUMMED = "not_summed"
NUMBER = "number"
ABSENT = "absent"


class PanelRows(NamedTuple):
    """The two rows of one report: the values, and their states."""

    values: Row
    states: Row


class _Reading(NamedTuple):
    value: Number | None
    state: str


_Place = tuple[str, str, str]  # table, row, column


class _Filed(NamedTuple):
    """What a report has of the statistics: its cells, its tables, and the cells of its form (none: unknown form)."""

    cells: dict[_Place, _Reading]
    printed: set[str]
    known: frozenset[_Place]


class Copies:
    """Numbers the reports of one issuer and year as they come: a panel must not count a second copy unawares.

    Reports whose issuer or year is unknown have no number: they are no copies of each other.
    """

    def __init__(self) -> None:
        self._seen: Counter[tuple[Value, Value]] = Counter()

    def next(self, issuer: Value, year: Value) -> int | None:
        """Return the number of the next report of this issuer and year, from 1."""
        if issuer is None or year is None:
            return None
        self._seen[issuer, year] += 1
        return self._seen[issuer, year]


def panel_rows(report: Report, copies: Copies) -> PanelRows:
    """Return the rows of ``panel`` and ``panel_states``."""
    key, issuer = report_key(report), report.issuer
    who = str(issuer_key(issuer)) if issuer else None
    copy = copies.next(who, report.year)
    readings = _readings(report)
    about: Row = (
        *(key, who, report.year, copy, (issuer.full_name or issuer.name) if issuer else None),
        *((issuer.kind, issuer.level, issuer.division_code) if issuer else (None, None, None)),
        *(province(issuer), report.form),
        sum(check.status == "fail" and check.severity == "E" for check in report.checks),
        sum(cell.state == "unreadable" for table in report.tables for cell in table.cells),
    )
    return PanelRows(
        (*about, *(number(reading.value) for reading in readings)),
        (key, who, report.year, copy, *(reading.state for reading in readings)),
    )


def _readings(report: Report) -> list[_Reading]:
    """Return value and state of every statistic."""
    filed = _Filed(
        cells={
            (table.id, cell.row, cell.column): _Reading(cell.value, cell.state)
            for table in report.tables
            for cell in table.cells
        },
        printed={table.id for table in report.tables},
        known=_cells_of(report.form),
    )
    return [_sum(item, filed) if item.parts else _reading(item, filed) for item in load_statistics()]


def _reading(item: Statistic, filed: _Filed) -> _Reading:
    place = (item.table, item.row, item.column)
    if place in filed.cells:
        return filed.cells[place]
    if item.table in filed.printed or (filed.known and place not in filed.known):
        return _Reading(None, NOT_IN_FORM)
    return _Reading(None, NO_TABLE)


def _sum(item: Statistic, filed: _Filed) -> _Reading:
    if item.table not in filed.printed:
        in_form = not filed.known or any(table == item.table for table, _, _ in filed.known)
        return _Reading(None, NO_TABLE if in_form else NOT_IN_FORM)
    for rows in item.parts:
        parts = [filed.cells.get((item.table, row, item.column)) for row in rows]
        if any(part is None for part in parts):
            continue
        values = [part.value for part in parts if part is not None]
        total = _total(values)
        return _Reading(total, NUMBER if total is not None else NOT_SUMMED)
    return _Reading(None, NOT_IN_FORM)


def _total(values: list[Number | None]) -> Number | None:
    total: Number = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _cells_of(form_id: str | None) -> frozenset[_Place]:
    """Return the cells that a form has, none for an unknown one."""
    for form in load_forms():
        if form.id == form_id:
            return frozenset((table.id, *key) for table in form.table for key in table.keys())  # noqa: SIM118 - no dictionary
    return frozenset()

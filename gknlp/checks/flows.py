"""Rules over the tables of two years of one issuer: what was carried on, pending, in force; tables filed twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gknlp.checks.prose import Sides, check_of, passed
from gknlp.knowledge.forms import TableForm, load_forms
from gknlp.knowledge.rules import Flow, Language, Relation, Rule
from gknlp.model import Cell, Check, Number, Report, Table

BEFORE = "before."
BEFORE_KEY = "before:"  # begins the key of a cell of the report of the year before
_DIFFERS: Mapping[Relation, tuple[bool, bool]] = {"==": (True, True), ">=": (True, False), "<=": (False, True)}


class Pair(NamedTuple):
    """The reports of one issuer for a year and for the year before."""

    now: Report
    before: Report


class _Term(NamedTuple):
    """A cell of one of two tables, added or subtracted."""

    cell: Cell
    label: str
    sign: int
    old: bool


def check_flow(rule: Rule, pair: Pair, language: Language) -> Iterator[Check]:
    """Yield a record for each place of a flow; the keys of cells of the year before begin with ``before:``."""
    flow, table_id = rule.flow, rule.table
    if flow is None or table_id is None:
        return
    now, before = (_table(report, table_id) for report in pair)
    if now is None or before is None or not _speaks_of(rule, now, before):
        return
    form = _form(now)
    if form is None:
        return
    for place in _places(flow, form):
        left = _terms(flow, flow.left, place, now, before, form)
        right = _terms(flow, flow.right, place, now, before, form)
        if left and right:
            yield _judge(rule, pair, _label(form, place), place, left, right)


def _table(report: Report, table_id: str) -> Table | None:
    return next((table for table in report.tables if table.id == table_id), None)


def _form(table: Table) -> TableForm | None:
    form = next((form for form in load_forms() if form.id == table.form), None)
    return form.table_form(table.id) if form else None


def _speaks_of(rule: Rule, now: Table, before: Table) -> bool:
    return not rule.forms or (now.form in rule.forms and before.form in rule.forms)


def _places(flow: Flow, form: TableForm) -> tuple[str, ...]:
    """Return the rows, or the columns, in which the flow is to hold."""
    if flow.where:
        return flow.where
    return tuple(entry.id for entry in (form.rows if flow.along == "row" else form.columns))


def _terms(
    flow: Flow, terms: tuple[str, ...], place: str, now: Table, before: Table, form: TableForm
) -> list[_Term] | None:
    """Return the cells of one side, ``None`` when a table has no such cell."""
    found = []
    for term in terms:
        name = term.removeprefix("-")
        old = name.startswith(BEFORE)
        name = name.removeprefix(BEFORE)
        row, column = (place, name) if flow.along == "row" else (name, place)
        cell = _cell(before if old else now, row, column)
        if cell is None:
            return None
        found.append(_Term(cell, _label(form, name), -1 if term.startswith("-") else 1, old))
    return found


def _cell(table: Table, row: str, column: str) -> Cell | None:
    return next((cell for cell in table.cells if cell.row == row and cell.column == column), None)


def _label(form: TableForm, name: str) -> str:
    labels = {row.id: row.label for row in form.rows} | {column.id: column.label for column in form.columns}
    return labels.get(name, name)


def _judge(rule: Rule, pair: Pair, label: str, place: str, left: list[_Term], right: list[_Term]) -> Check:
    table = rule.table
    keys = [f"{BEFORE_KEY if term.old else ''}{table}/{term.cell.key}" for term in (*left, *right)]
    where: dict[str, str] = {rule.flow.along if rule.flow else "place": place}
    sums = _sum(left), _sum(right)
    sides = Sides(*sums, cells=tuple(keys), where=where, table=table)
    if sums[0] is None or sums[1] is None:
        empty = ", ".join(key for key, term in zip(keys, (*left, *right), strict=True) if term.cell.value is None)
        return check_of(rule, "not_assessable", f"no value in {empty}", sides)
    difference = sums[0] - sums[1]
    too_small, too_large = _DIFFERS[rule.flow.relation if rule.flow else "=="]
    if not ((difference < 0 and too_small) or (difference > 0 and too_large)):
        return passed(rule, sides)
    message = rule.message.format(
        place=label,
        left=sums[0],
        right=sums[1],
        left_terms=_said(left),
        right_terms=_said(right),
        year=pair.before.year,
    )
    return check_of(rule, "fail", message, sides, "unknown")


def _sum(terms: list[_Term]) -> Number | None:
    values = [term.cell.value for term in terms]
    if None in values:
        return None
    return sum(term.sign * (term.cell.value or 0) for term in terms)


def _said(terms: list[_Term]) -> str:
    words = [f"{'-' if term.sign < 0 else '+'} {term.label} {term.cell.value}" for term in terms]
    return " ".join(words).removeprefix("+ ")


def check_same_tables(rule: Rule, pair: Pair, language: Language) -> Iterator[Check]:
    """Yield a record for each table that both years print by the same form.

    Left: the cells that are equal; right: those of them that are not 0. A table of zeros passes.
    """
    for table in pair.now.tables:
        other = _table(pair.before, table.id)
        if other is None or other.form != table.form:
            continue
        same = [cell.value for cell, old in zip(table.cells, other.cells, strict=True) if cell.value == old.value]
        filled = sum(1 for value in same if value)
        sides = Sides(len(same), filled, where={"table": table.id}, table=table.id)
        if len(same) < len(table.cells) or not filled:
            yield passed(rule, sides)
            continue
        form = _form(table)
        place = form.label if form else table.id
        message = rule.message.format(place=place, left=len(same), right=filled, year=pair.before.year)
        yield check_of(rule, "fail", message, sides, "unknown")

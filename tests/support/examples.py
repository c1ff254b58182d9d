"""The examples of the rule catalogue as tables and prose."""

from __future__ import annotations

from fnmatch import fnmatchcase

from gknlp.checks import Prose, run_checks
from gknlp.facts import facts_in_text
from gknlp.knowledge.forms import Column, Form, Row, TableForm, load_forms
from gknlp.knowledge.rules import Rule, RuleExample
from gknlp.model import Cell, Check, Number, Table
from gknlp.text.normalize import fold


def cell(row: str, column: str, value: Number | None) -> Cell:
    """A printed cell, empty without a value; every cell has a place of its own."""
    raw = "" if value is None else str(value)
    state = "blank" if value is None else "number"
    return Cell(row=row, column=column, value=value, raw=raw, state=state, start=0, end=len(raw))  # type: ignore[arg-type]


def form_of(rule: Rule, form_id: str) -> Form:
    """An official form; for one that is not there yet, a form with the rows that the rule names."""
    known = next((form for form in load_forms() if form.id == form_id), None)
    if known is not None:
        return known
    wanted = rule.rows
    assert wanted is not None and rule.table is not None
    rows = tuple(Row(id=row, label=row, keys=(row,)) for row in (*wanted.left, *wanted.right))
    value = Column(id="value", label="统计数", unit="", keys=("统计数",))
    table = TableForm(id=rule.table, label="附表", section="other", columns=(value,), rows=rows)
    return Form(id=form_id, title="", source="", first_year=2014, table=(table,), example=())


def tables_of(rule: Rule, example: RuleExample) -> tuple[Table, ...]:
    """All tables of the example's form."""
    return tuple(_table(entry, example) for entry in form_of(rule, example.form).table)


def _table(form: TableForm, example: RuleExample) -> Table:
    cells = []
    keys = form.keys()
    for row, column in keys:
        key = f"{form.id}/{row}/{column}"
        empty = any(fnmatchcase(key, pattern) for pattern in example.blank)
        cells.append(cell(row, column, None if empty else example.cells.get(key, 0)))
    return Table(id=form.id, form=example.form, start=0, end=1, cells=tuple(cells))


def prose_of(text: str, year: int | None = 2022) -> Prose:
    """A text with its facts."""
    return Prose(text, fold(text), facts_in_text(text, year), year)


def run_example(rule: Rule, example: RuleExample) -> list[Check]:
    """The records of one rule about prose on one of its examples."""
    checks = run_checks(
        tables_of(rule, example), form=example.form, level=example.level, prose=prose_of(example.text, example.year)
    )
    return [check for check in checks if check.rule == rule.id]

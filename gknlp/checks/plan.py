"""Which rules apply where in the tables of a form: worked out once a form, then only run."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from gknlp.checks import disclosure, shape, statistics, sums
from gknlp.checks.sheet import Grid
from gknlp.checks.site import NO_SUCH_CELLS, NOT_PRINTED, Judge, without_site
from gknlp.knowledge.forms import TableForm, load_forms
from gknlp.knowledge.rules import Language, Rule, load_rules
from gknlp.model import Check, TableId

_BUILDERS: dict[str, Callable[[Rule, Grid], list[Judge]]] = {
    "identity": sums.identity,
    "subtotal": sums.subtotal,
    "comparison": sums.comparison,
    "whole_numbers": sums.whole_numbers,
    "width": shape.width,
    "zero_total_row": shape.zero_total_row,
    "blank_total_column": shape.blank_total_column,
    "without_requests": shape.without_requests,
    "authority": disclosure.authority,
    "amount_format": disclosure.amount_format,
    "misread": disclosure.misread,
    "unit_price": disclosure.unit_price,
    "rows": statistics.row_sums,
    "cover": statistics.cover,
}


class Plan(NamedTuple):
    """How one table of a form is checked: in catalogue order, a judge for every place of every rule.

    ``unprinted`` is what is to be said when a report of that form does not print the table.
    """

    grid: Grid
    judges: tuple[Judge, ...]
    unprinted: tuple[Check, ...]


def make_plan(form: TableForm, rules: tuple[Rule, ...]) -> Plan:
    """Return the plan of one table; a rule whose cells the form does not have gives one record that says so."""
    grid = Grid(form)
    judges: list[Judge] = []
    unprinted: list[Check] = []
    for rule in rules:
        if rule.table != form.id or rule.kind not in _BUILDERS:
            continue
        places = _BUILDERS[rule.kind](rule, grid)
        not_applicable = without_site(rule, "not_applicable", NO_SUCH_CELLS)
        judges += places or [_always(not_applicable)]
        unprinted.append(without_site(rule, "not_assessable", NOT_PRINTED) if places else not_applicable)
    return Plan(grid, tuple(judges), tuple(unprinted))


def _always(check: Check) -> Judge:
    return lambda sheet, reading: check


@lru_cache(maxsize=64)
def plan_for(form_id: str, table_id: TableId, language: Language = "en") -> Plan | None:
    """Return the plan of a table of an official form, ``None`` for a form or table that is not known."""
    form = next((form for form in load_forms() if form.id == form_id), None)
    table = form.table_form(table_id) if form else None
    return make_plan(table, load_rules(language)) if table else None


@lru_cache(maxsize=16)
def tables_of(form_id: str) -> tuple[TableId, ...]:
    """Return the tables of an official form in form order, none for a form that is not known."""
    return next((tuple(table.id for table in form.table) for form in load_forms() if form.id == form_id), ())

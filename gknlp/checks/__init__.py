"""The rule catalogue over one report (``gknlp/knowledge/rules.toml``).

A rule about tables gives one record for each place where the form has its cells, whether it holds or not; a rule about
prose one for each statement that it can test.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from gknlp.checks.narrative import check_prose
from gknlp.checks.plan import Plan, plan_for, tables_of
from gknlp.checks.prose import Prose
from gknlp.checks.sheet import Reading, Sheet, read_sheet
from gknlp.knowledge.rules import Language
from gknlp.model import Check, Table

__all__ = ["Prose", "run_checks"]


def run_checks(
    tables: tuple[Table, ...],
    *,
    form: str | None = None,
    level: str | None = None,
    prose: Prose | None = None,
    ignore: AbstractSet[str] = frozenset(),
    language: Language = "en",
) -> tuple[Check, ...]:
    """Apply every rule that needs one report only.

    Args:
        tables: the printed tables, each checked by its own form (forms may differ in one report).
        form: the report's form; its tables that are not among ``tables`` give ``not_assessable`` records.
        level: the issuer's level (central, province, prefecture, county, township), for rules that depend on it.
        prose: the text and its facts, for the rules about prose (see :func:`gknlp.checks.narrative.check_prose`).
        ignore: ids of rules that are not to be applied.
        language: the language of what a failure says.

    Returns:
        Records in the order of the tables and of the catalogue, those about prose last. ``left`` and ``right`` are the
        two sides, ``None`` where a side has a cell without value. ``status`` is ``not_assessable`` when a needed cell
        has no value and ``not_applicable`` when the form has no such cell. A failure has the cause ``filing`` when its
        cells stood at their places in a table that was read without a gap, else ``unknown``.

    Source of the rules: the identities printed in the official form (国办公开办函〔2019〕60号, 〔2021〕30号) and
    what follows from the meaning of its columns.
    """
    work: list[tuple[Plan, Sheet]] = []
    for table in tables:
        plan = plan_for(table.form, table.id, language)
        if plan is not None:
            work.append((plan, read_sheet(table, plan.grid)))
    reading = Reading({sheet.grid.form.id: sheet for _, sheet in work}, level)
    checks = [judge(sheet, reading) for plan, sheet in work for judge in plan.judges]
    printed = {table.id for table in tables}
    for missing in tables_of(form) if form else ():
        plan = plan_for(form, missing, language) if form and missing not in printed else None
        checks += plan.unprinted if plan else ()
    if prose is not None:
        checks += check_prose(prose, reading.sheets, language)
    return tuple([check for check in checks if check.rule not in ignore] if ignore else checks)

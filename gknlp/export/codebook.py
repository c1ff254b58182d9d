"""The codebook: what every column and every code says, in Chinese and English, as a table like the others."""

from __future__ import annotations

from collections.abc import Iterator

from gknlp.findings import CATALOGUE
from gknlp.knowledge.export import ExportColumn, ExportTable, load_codes, load_tables
from gknlp.knowledge.fact_types import fact_type_names
from gknlp.knowledge.forms import load_forms
from gknlp.knowledge.issue_types import load_issue_types
from gknlp.knowledge.rules import load_rules

Entry = tuple[str, str | None, str | None, str | None, str, str, str]


def codebook_rows() -> Iterator[Entry]:
    """Yield the rows of ``codebook``: each table, each of its columns, and each code that a column may hold."""
    for table in load_tables().values():
        yield table.id, None, None, None, table.zh, table.en, ""
        for column in table.columns:
            yield table.id, column.id, None, column.type, column.zh, column.en, column.json
            yield from _codes(table, column)
    yield from _open_lists()


def _codes(table: ExportTable, column: ExportColumn) -> Iterator[Entry]:
    if column.codes is None or (table.id == "panel_states" and column != table.columns[4]):
        return  # the states are the same for every statistic
    for code in load_codes()[column.codes]:
        missing = f" (Stata {code.missing})" if code.missing else ""
        yield table.id, column.id, code.id, None, code.zh, code.en + missing, ""


def _open_lists() -> Iterator[Entry]:
    """Yield the codes of columns whose lists are knowledge of their own: rows, columns, fact types, rules and so on."""
    seen: set[tuple[str, str]] = set()
    for form in reversed(load_forms()):
        for table in form.table:
            parts = [("row_id", row.id, row.label) for row in table.rows]
            parts += [("column_id", column.id, column.label) for column in table.columns]
            for name, code, label in parts:
                if (name, code) not in seen:
                    seen.add((name, code))
                    yield "cells", name, code, None, label, code.replace("_", " "), ""
    for fact in fact_type_names():
        yield "facts", "type", fact.id, None, fact.zh, fact.en, ""
    for kind in load_issue_types():
        yield "labels", "label", kind.id, None, kind.zh, kind.en, ""
    for rule in load_rules():
        yield "checks", "rule", rule.id, None, rule.title_zh, rule.title, ""
    for code, finding in CATALOGUE.items():
        yield "diagnostics", "code", code, None, "", finding.message, ""

"""The totals of an area against the reports of its units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gknlp.checks.prose import Sides, check_of, passed
from gknlp.knowledge.rules import Language, Rule
from gknlp.model import Check, Number, Report

_PLACES = (
    ("requests", "new_received", "total"),
    ("requests", "carried_in", "total"),
    ("requests", "result_total", "total"),
    ("requests", "carried_out", "total"),
    ("remedies", "review", "total"),
    ("remedies", "suit_direct", "total"),
    ("remedies", "suit_after_review", "total"),
)


def covers_area(report: Report) -> bool:
    """Whether a report of a government speaks of requests or remedies of its whole area."""
    kind = report.issuer.kind if report.issuer else None
    groups = ("req.", "rem.")
    return kind == "government" and any(
        fact.scope == "whole_area" and fact.type.startswith(groups) for fact in report.facts
    )


def check_rollup(
    rule: Rule, report: Report, units: Sequence[Report], language: Language, *, complete: bool = False
) -> Iterator[Check]:
    """Yield a record for each total that an area and its units print.

    Unless ``complete`` says that the reports of all units are at hand, units that sum to less prove nothing: then the
    rule is not assessable. Units that sum to more than the area break it always.
    """
    for table, row, column in _PLACES:
        whole = _value(report, table, row, column)
        parts = [value for unit in units if (value := _value(unit, table, row, column)) is not None]
        if whole is None or not parts:
            continue
        total = sum(parts)
        sides = Sides(whole, total, cells=(f"{table}/{row}/{column}",), where={"units": str(len(parts))})
        if total == whole:
            yield passed(rule, sides)
        elif total < whole and not complete:
            message = f"{len(parts)} reports of units sum to {total}; those of other units may be missing"
            yield check_of(rule, "not_assessable", message, sides)
        else:
            place = f"{table}/{row}/{column}"
            message = rule.message.format(place=place, left_terms=str(whole), right=total, count=len(parts))
            yield check_of(rule, "fail", message, sides, "unknown")


def _value(report: Report, table: str, row: str, column: str) -> Number | None:
    for one in report.tables:
        if one.id == table:
            return next((cell.value for cell in one.cells if (cell.row, cell.column) == (row, column)), None)
    return None

"""One report as rows of the tidy tables, in the order of the columns of ``export.toml``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import msgspec

from gknlp.model import Issuer, Number, Report

Value = str | int | float | bool | None
Row = tuple[Value, ...]

KEY_LENGTH = 16
LARGEST = 1 << 1023  # a whole number up to here has a place among the floating-point numbers


def report_key(report: Report) -> str:
    """Return the key that joins the tables: one for each input of a run, also where two files are the same."""
    source = f"{report.source.path}\0{report.source.sha256}"
    return hashlib.sha256(source.encode()).hexdigest()[:KEY_LENGTH]


def number(value: Number | None) -> float | None:
    """Return a value as a column of numbers holds it; ``None`` for one beyond what it can hold.

    >>> number(19), number(None), number(10**400)
    (19.0, None, None)
    """
    return None if value is None or abs(value) > LARGEST else float(value)


def report_rows(report: Report, key: str) -> Iterator[Row]:
    """Yield the row of ``reports``."""
    source = report.source
    yield (
        *(key, report.year, report.id, source.path, source.sha256, source.media_type, source.encoding, source.bytes),
        *(report.gknlp.version, report.gknlp.model, report.title, report.form, *_issuer(report.issuer), report.text),
    )


def _issuer(issuer: Issuer | None) -> Row:
    if issuer is None:
        return (None,) * 9
    return (
        *(issuer.name, issuer.full_name, issuer.kind, issuer.level, issuer.division_code),
        *("/".join(issuer.division_path) or None, province(issuer), issuer.start, issuer.end),
    )


def province(issuer: Issuer | None) -> str | None:
    """Return the first of an issuer's divisions."""
    return issuer.division_path[0] if issuer is not None and issuer.division_path else None


def cell_rows(report: Report, key: str) -> Iterator[Row]:
    """Yield the rows of ``cells``."""
    year = report.year
    for table in report.tables:
        for cell in table.cells:
            repair = cell.repair
            yield (
                *(key, year, table.id, table.form, table.start, table.end, cell.row, cell.column),
                *(number(cell.value), cell.state, cell.raw, cell.reading),
                *(
                    (None, None, None, None)
                    if repair is None
                    else (number(repair.value), repair.rule, repair.unique, repair.proof)
                ),
                *(cell.start, cell.end),
            )


def fact_rows(report: Report, key: str) -> Iterator[Row]:
    """Yield the rows of ``facts``."""
    for fact in report.facts:
        more, period = fact.attributes, fact.period
        yield (
            *(key, report.year, fact.id, fact.type, number(fact.value), number(fact.lower), number(fact.upper)),
            *(fact.unit, fact.qualifier, fact.polarity, period.kind, period.start, period.end, fact.scope),
            *(more.get("channel"), more.get("topic"), more.get("kind"), more.get("subject"), _json(more)),
            *(fact.part_of, fact.part_role, fact.section, fact.start, fact.end, fact.text),
            *(fact.value_start, fact.value_end, fact.rule),
        )


def issue_rows(report: Report, key: str) -> Iterator[Row]:
    """Yield the rows of ``issues``."""
    for issue in report.issues:
        yield (
            *(key, report.year, issue.id, issue.role, issue.specific, issue.hedged, " ".join(issue.addresses)),
            *(issue.start, issue.end, issue.text),
        )


def label_rows(report: Report, key: str) -> Iterator[Row]:
    """Yield the rows of ``labels``."""
    for issue in report.issues:
        for label in issue.labels:
            yield key, report.year, issue.id, issue.role, label.id, label.probability


def check_rows(report: Report, key: str) -> Iterator[Row]:
    """Yield the rows of ``checks``."""
    for place, check in enumerate(report.checks):
        yield (
            *(key, report.year, place, check.rule, check.severity, check.status, check.cause, check.table),
            *(_json(check.where), number(check.left), number(check.right), check.message),
            *(" ".join(check.cells), " ".join(check.facts)),
        )


def diagnostic_rows(report: Report, key: str) -> Iterator[Row]:
    """Yield the rows of ``diagnostics``."""
    for item in report.diagnostics:
        yield key, report.year, item.code, item.severity, item.message, item.table, item.start, item.end


def _json(value: dict[str, str]) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


LONG: dict[str, Callable[[Report, str], Iterator[Row]]] = {
    "reports": report_rows,
    "cells": cell_rows,
    "facts": fact_rows,
    "issues": issue_rows,
    "labels": label_rows,
    "checks": check_rows,
    "diagnostics": diagnostic_rows,
}

"""What is wrong with a report, as one list: broken rules and diagnostics, each with its place in the text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from gknlp.export.delimited import csv_text
from gknlp.model import Cause, Check, CheckSeverity, Diagnostic, Number, Record, Report

Kind = Literal["check", "diagnostic"]

SEVERITIES: tuple[CheckSeverity, ...] = ("E", "W", "I")
_OF_DIAGNOSTICS: dict[str, CheckSeverity] = {"error": "E", "warning": "W", "info": "I"}
_EXCERPT = 60
_COLUMNS = (
    *("path", "year", "kind", "severity", "rule", "table", "where", "left", "right", "cause"),
    *("line", "column", "start", "end", "excerpt", "cells", "facts", "message"),
)


class Spot(Record, frozen=True, kw_only=True):
    """A place in the text of a report: half-open code-point offsets, line and column from 1."""

    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


class Problem(Record, frozen=True, kw_only=True):
    """One broken rule or one diagnostic of one report.

    ``rule`` is the id of the rule or the code of the diagnostic. ``spots`` are the places of its facts, then of its
    cells, as far as they are printed; a diagnostic has one or none.
    """

    path: str
    year: int | None
    kind: Kind
    severity: CheckSeverity
    rule: str
    message: str
    table: str | None
    where: dict[str, str]
    left: Number | None
    right: Number | None
    cause: Cause | None
    cells: tuple[str, ...]
    facts: tuple[str, ...]
    spots: tuple[Spot, ...]
    excerpt: str


class _Lines(NamedTuple):
    """Where the lines of a text begin."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> _Lines:
        return cls(text, (0, *(index + 1 for index, char in enumerate(text) if char == "\n")))

    def spot(self, start: int, end: int) -> Spot:
        line, column = self._at(start)
        end_line, end_column = self._at(end)
        return Spot(start=start, end=end, line=line, column=column, end_line=end_line, end_column=end_column)

    def _at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def problems(report: Report, *, everything: bool = False) -> list[Problem]:
    """Return the broken rules and the diagnostics of a report, the most serious first, then in the order of the text.

    Informative diagnostics are left out unless ``everything`` is wanted.
    """
    lines = _Lines.of(report.text)
    spans = {f"{table.id}/{cell.key}": (cell.start, cell.end) for table in report.tables for cell in table.cells}
    spans |= {fact.id: (fact.start, fact.end) for fact in report.facts}
    found = [_of_check(report, check, lines, spans) for check in report.checks if check.status == "fail"]
    found += [
        _of_diagnostic(report, item, lines) for item in report.diagnostics if everything or item.severity != "info"
    ]
    return sorted(found, key=_order)


def _order(problem: Problem) -> tuple[int, str, int]:
    return SEVERITIES.index(problem.severity), problem.kind, problem.spots[0].start if problem.spots else -1


def _of_check(report: Report, check: Check, lines: _Lines, spans: dict[str, tuple[int | None, int | None]]) -> Problem:
    places = [spans.get(name, (None, None)) for name in (*check.facts, *check.cells)]
    spots = tuple(lines.spot(*span) for span in dict.fromkeys(_printed(places)))
    return Problem(
        path=report.source.path,
        year=report.year,
        kind="check",
        severity=check.severity,
        rule=check.rule,
        message=check.message,
        table=check.table,
        where=check.where,
        left=check.left,
        right=check.right,
        cause=check.cause,
        cells=check.cells,
        facts=check.facts,
        spots=spots,
        excerpt=_excerpt(report.text, spots),
    )


def _printed(places: Iterable[tuple[int | None, int | None]]) -> Iterator[tuple[int, int]]:
    for start, end in places:
        if start is not None and end is not None:
            yield start, end


def _of_diagnostic(report: Report, item: Diagnostic, lines: _Lines) -> Problem:
    spots = tuple(lines.spot(*span) for span in _printed([(item.start, item.end)]))
    return Problem(
        path=report.source.path,
        year=report.year,
        kind="diagnostic",
        severity=_OF_DIAGNOSTICS[item.severity],
        rule=item.code,
        message=item.message,
        table=item.table,
        where={},
        left=None,
        right=None,
        cause=None,
        cells=(),
        facts=(),
        spots=spots,
        excerpt=_excerpt(report.text, spots),
    )


def _excerpt(text: str, spots: tuple[Spot, ...]) -> str:
    if not spots:
        return ""
    line = " ".join(text[spots[0].start : spots[0].end].split())
    return line if len(line) <= _EXCERPT else line[:_EXCERPT] + "…"


def problems_csv(found: Iterable[Problem]) -> str:
    """Return problems as CSV for a spreadsheet: UTF-8 with a byte order mark, and no cell that it would calculate."""
    return "\ufeff" + csv_text(_COLUMNS, map(_row, found))


def _row(problem: Problem) -> tuple[str | Number | None, ...]:
    spot = problem.spots[0] if problem.spots else None
    return (
        problem.path,
        problem.year,
        problem.kind,
        problem.severity,
        problem.rule,
        problem.table,
        " ".join(f"{name}={value}" for name, value in problem.where.items()),
        problem.left,
        problem.right,
        problem.cause,
        *((spot.line, spot.column, spot.start, spot.end) if spot else (None, None, None, None)),
        problem.excerpt,
        " ".join(problem.cells),
        " ".join(problem.facts),
        problem.message,
    )

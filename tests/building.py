"""Records for tests: a report with what a test names, everything else empty."""

from __future__ import annotations

import msgspec

from gknlp.model import SCHEMA, Cell, Check, Fact, Issue, Label, Number, Period, Producer, Report, Source, Table

TEXT = "青原县人民政府2021年政府信息公开工作年度报告\n一、总体情况\n2021年主动公开政府信息320条。\n"


def make_report(path: str = "a.txt", **fields: object) -> Report:
    """Return a report of the fictional 青原县 with ``fields`` set."""
    source = Source(path=path, sha256="0" * 64, media_type="text/plain", encoding="utf-8", bytes=len(TEXT.encode()))
    empty = Report(
        schema=SCHEMA,
        id="0" * 16,
        source=source,
        gknlp=Producer(version="0"),
        title=None,
        year=None,
        form=None,
        issuer=None,
        text=TEXT,
        sections=(),
        tables=(),
        facts=(),
        issues=(),
        checks=(),
        diagnostics=(),
    )
    return msgspec.structs.replace(empty, **fields)


def make_cell(row: str, column: str, value: Number | None, **fields: object) -> Cell:
    """Return a cell that was printed, or a blank one when there is no value."""
    raw = "" if value is None else str(value)
    cell = Cell(
        row=row,
        column=column,
        value=value,
        raw=raw,
        state="blank" if value is None else "number",
        start=0,
        end=len(raw),
    )
    return msgspec.structs.replace(cell, **fields)


def make_table(table_id: str, cells: dict[str, Number | None], form: str = "F2021") -> Table:
    """Return a table of ``{"row/column": value}``."""
    made = tuple(make_cell(*key.split("/"), value) for key, value in cells.items())
    return Table(id=table_id, form=form, start=0, end=0, cells=made)  # type: ignore[arg-type]


def make_fact(number: int, type_: str, value: Number | None, start: int | None, **fields: object) -> Fact:
    """Return a fact whose number stands at ``start``; one without a printed number for ``None``."""
    fact = Fact(
        id=f"f{number}",
        type=type_,
        value=value,
        lower=value,
        upper=value,
        unit="条",
        qualifier="exact",
        polarity="count",
        period=Period(kind="full_year", start="2021-01-01", end="2021-12-31"),
        scope="own",
        attributes={},
        part_of=None,
        part_role="whole",
        section="overview",
        start=start or 0,
        end=(start or 0) + 3,
        text="320",
        value_start=start,
        value_end=None if start is None else start + 3,
        rule="test",
    )
    return msgspec.structs.replace(fact, **fields)


def make_issue(number: int, role: str, start: int, end: int, *labels: str) -> Issue:
    """Return an item with ``labels``."""
    made = tuple(Label(id=label, probability=0.9) for label in labels)
    return Issue(
        id=f"i{number}",
        role=role,  # type: ignore[arg-type]
        start=start,
        end=end,
        text="",
        labels=made,
        specific=False,
        hedged=False,
        addresses=(),
    )


def make_check(rule: str, status: str = "fail", severity: str = "E", **fields: object) -> Check:
    """Return a check of the requests table."""
    check = Check(
        rule=rule,
        severity=severity,  # type: ignore[arg-type]
        status=status,  # type: ignore[arg-type]
        table="requests",
        where={"column": "total"},
        left=36,
        right=0,
        message="36 is not 0",
        cells=(),
        facts=(),
        cause=None,
    )
    return msgspec.structs.replace(check, **fields)

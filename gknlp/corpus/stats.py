"""Statistics across reports: what is there and what is missing, how values are spread, which stand out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median, quantiles
from typing import NamedTuple

import msgspec

from gknlp.corpus.stored import Stored
from gknlp.corpus.themes.shares import DIGITS, wilson
from gknlp.errors import UnreadableInput
from gknlp.knowledge.fact_types import load_fact_types
from gknlp.model import Fact, Issuer, Record, State, Table

_LEAST = 8  # values of one level and year; of fewer none stands out
_FAR = 5.0  # robust deviations; of normal values one in two million lies farther out
_MAD = 1.4826  # makes the median deviation comparable with a standard deviation (Rousseeuw and Croux 1993)
STATES: tuple[State, ...] = ("number", "blank", "dash", "absent", "unreadable")


class Coverage(Record, frozen=True, kw_only=True):
    """How many reports state a type of fact, with Wilson's interval of 95 % for their share, and how often."""

    type: str
    reports: int
    share: float
    low: float
    high: float
    facts: int


class Spread(Record, frozen=True, kw_only=True):
    """How the values of one statistic (``cell:table/row/column`` or ``fact:type``) are spread over the reports.

    ``missing`` reports do not give it; of cells only reports that print the table count.
    """

    statistic: str
    reports: int
    missing: int
    zeros: int
    least: float
    quarter: float
    median: float
    three_quarters: float
    most: float


class Outlier(Record, frozen=True, kw_only=True):
    """A value far from those of the same level and year, by robust standard deviations of log(1 + value)."""

    statistic: str
    value: float
    level: str
    year: int
    median: float
    deviations: float
    issuer: str
    id: str
    path: str


class Missing(Record, frozen=True, kw_only=True):
    """The cells of a table in the reports of a year: how many reports print it, and its cells by state."""

    year: str
    table: str
    reports: int
    printed: int
    number: int
    blank: int
    dash: int
    absent: int
    unreadable: int


class Stats(Record, frozen=True, kw_only=True):
    """All of it. ``years`` and ``levels`` count reports; '' is for those that do not say."""

    reports: int
    years: dict[str, int]
    levels: dict[str, int]
    coverage: tuple[Coverage, ...]
    spread: tuple[Spread, ...]
    outliers: tuple[Outlier, ...]
    missing: tuple[Missing, ...]


class _Source(msgspec.Struct):
    path: str


class _Seen(msgspec.Struct):
    """The fields of a report that are read; the others are passed over unread."""

    id: str
    source: _Source
    year: int | None
    issuer: Issuer | None
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]


class _Report(NamedTuple):
    """What is kept of a report."""

    id: str
    path: str
    issuer: str
    year: int | None
    level: str
    facts: Counter[str]
    values: dict[str, float]
    states: dict[str, Counter[str]]


def read_stats(stored: Iterable[Stored], *, done: Callable[[], None] = lambda: None) -> Stats:
    """Return the statistics of reports; ``done`` is called after each. One report at a time is read."""
    reports = []
    for place in stored:
        try:
            reports.append(_report(msgspec.json.decode(place.data(), type=_Seen)))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UnreadableInput(f"{place.path}, byte {place.start}: not a report of gknlp: {error}") from error
        done()
    return Stats(
        reports=len(reports),
        years=_counts("" if report.year is None else str(report.year) for report in reports),
        levels=_counts(report.level for report in reports),
        coverage=tuple(_coverage(reports)),
        spread=tuple(_spread(reports)),
        outliers=tuple(sorted(_outliers(reports), key=lambda one: (-abs(one.deviations), one.statistic, one.id))),
        missing=tuple(_missing(reports)),
    )


def _report(seen: _Seen) -> _Report:
    issuer = seen.issuer
    values: dict[str, float] = {}
    for table in seen.tables:
        for cell in table.cells:
            if cell.value is not None and (table.id == "disclosure" or cell.column in ("total", "value")):
                values[f"cell:{table.id}/{cell.row}/{cell.column}"] = cell.value
    for fact in seen.facts:
        if _is_plain(fact) and fact.value is not None:
            values.setdefault(f"fact:{fact.type}", fact.value)  # the first: the whole stands before its parts
    return _Report(
        id=seen.id,
        path=seen.source.path,
        issuer=(issuer.full_name or issuer.name) if issuer else "",
        year=seen.year,
        level=(issuer.level if issuer else None) or "",
        facts=Counter(fact.type for fact in seen.facts),
        values=values,
        states={table.id: Counter(cell.state for cell in table.cells) for table in seen.tables},
    )


def _is_plain(fact: Fact) -> bool:
    """Whether a fact is a count of the whole year that is no part of another."""
    return fact.part_of is None and fact.period.kind == "full_year" and fact.polarity == "count"


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _coverage(reports: Sequence[_Report]) -> Iterator[Coverage]:
    stating: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for report in reports:
        stating.update(report.facts.keys())
        total.update(report.facts)
    for name in load_fact_types().types:
        low, high = wilson(stating[name], len(reports))
        share = round(stating[name] / len(reports), DIGITS) if reports else 0.0
        yield Coverage(type=name, reports=stating[name], share=share, low=low, high=high, facts=total[name])


def _spread(reports: Sequence[_Report]) -> Iterator[Spread]:
    by_name: dict[str, list[float]] = {}
    for report in reports:
        for name, value in report.values.items():
            by_name.setdefault(name, []).append(value)
    printing = Counter(table for report in reports for table in report.states)
    for name, values in sorted(by_name.items()):
        could = printing[name.removeprefix("cell:").partition("/")[0]] if name.startswith("cell:") else len(reports)
        quarters = quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
        yield Spread(
            statistic=name,
            reports=len(values),
            missing=could - len(values),
            zeros=sum(value == 0 for value in values),
            least=min(values),
            quarter=quarters[0],
            median=quarters[1],
            three_quarters=quarters[2],
            most=max(values),
        )


def _outliers(reports: Sequence[_Report]) -> Iterator[Outlier]:
    groups: dict[tuple[str, str, int], list[tuple[float, _Report]]] = {}
    for report in reports:
        if report.level and report.year is not None:
            for name, value in report.values.items():
                groups.setdefault((name, report.level, report.year), []).append((value, report))
    for (name, level, year), members in groups.items():
        if len(members) < _LEAST:
            continue
        logs = [math.log1p(max(0.0, value)) for value, _ in members]
        middle = median(logs)
        scale = _MAD * median(abs(value - middle) for value in logs)
        for (value, report), log in zip(members, logs, strict=True):
            if scale and abs(log - middle) > _FAR * scale:
                yield Outlier(
                    statistic=name,
                    value=value,
                    level=level,
                    year=year,
                    median=round(math.expm1(middle), DIGITS),
                    deviations=round((log - middle) / scale, 2),
                    issuer=report.issuer,
                    id=report.id,
                    path=report.path,
                )


def _missing(reports: Sequence[_Report]) -> Iterator[Missing]:
    tables = sorted({table for report in reports for table in report.states})
    for year in sorted({"" if report.year is None else str(report.year) for report in reports}):
        same = [report for report in reports if ("" if report.year is None else str(report.year)) == year]
        for table in tables:
            printed = [report.states[table] for report in same if table in report.states]
            states = sum(printed, Counter[str]())
            counts = {state: states[state] for state in STATES}
            yield Missing(year=year, table=table, reports=len(same), printed=len(printed), **counts)

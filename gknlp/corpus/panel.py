"""Panels: the reports of each issuer year after year, linked, compared, with the first break of every chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from gknlp.checks.series import check_series, check_units
from gknlp.corpus.stored import Stored
from gknlp.issuer.key import TOWNSHIP, IssuerKey, issuer_key
from gknlp.knowledge.rules import Language
from gknlp.model import Check, Record, Report
from gknlp.text.normalize import fold
from gknlp.text.reuse import share_reused, shingles

_DIGITS = 3
SCHEMA = "gknlp.panel/1"


class Duplicate(Record, frozen=True, kw_only=True):
    """Another version of a year's report (图解版, a web page beside the PDF).

    ``similarity`` is the share of its text that stands in the report that was kept, ``None`` when it has no text.
    """

    id: str
    path: str
    similarity: float | None


class Year(Record, frozen=True, kw_only=True):
    """One link of a chain: the report of a year and what the rules over several reports say of it.

    ``before`` is the year of the report that it was compared with, ``None`` when that of the year before is not there.
    """

    year: int
    before: int | None
    id: str
    path: str
    name: str
    form: str | None
    duplicates: tuple[Duplicate, ...]
    checks: tuple[Check, ...]


class Break(Record, frozen=True, kw_only=True):
    """The first year in which a rule over several reports failed."""

    rule: str
    year: int
    message: str


class Chain(Record, frozen=True, kw_only=True):
    """The reports of one issuer, by year. ``names`` are all the names under which it filed, in order of the years."""

    schema: str
    key: str
    names: tuple[str, ...]
    division_code: str | None
    division_path: tuple[str, ...]
    kind: str | None
    years: tuple[Year, ...]
    missing_years: tuple[int, ...]
    breaks: tuple[Break, ...]


class Entry(NamedTuple):
    """What the index keeps of a report; everything else stays in its file."""

    key: IssuerKey
    year: int
    weight: int
    stored: Stored


class Settings(NamedTuple):
    """``complete``: the reports of all units are at hand, so that an area must be their sum."""

    ignore: frozenset[str] = frozenset()
    language: Language = "en"
    complete: bool = False


DEFAULTS = Settings()


class Index(NamedTuple):
    """The reports that can be linked, in the order of issuers and years, and those without issuer or year."""

    entries: tuple[Entry, ...]
    unlinked: tuple[Stored, ...]


def index_reports(stored: Iterable[Stored], *, done: Callable[[], None] = lambda: None) -> Index:
    """Return what links the reports; ``done`` is called after each. One report at a time is in memory."""
    entries, unlinked = [], []
    for place in stored:
        report = place.read()
        if report.issuer is None or report.year is None:
            unlinked.append(place)
        else:
            entries.append(Entry(issuer_key(report.issuer), report.year, _weight(report), place))
        done()
    # of two reports of a year the one that says more is kept, the first of equals
    entries.sort(key=lambda entry: (entry.key, entry.year, -entry.weight))
    return Index(tuple(entries), tuple(unlinked))


def _weight(report: Report) -> int:
    """Return how much a report says: cells with a value count more than any text."""
    cells = sum(1 for table in report.tables for cell in table.cells if cell.value is not None)
    return cells * 1_000_000 + len(report.text)


def chains(index: Index, settings: Settings = DEFAULTS) -> Iterator[Chain]:
    """Yield the chain of every issuer, in the order of their keys; at most two reports and an area's units are read."""
    units = _units(index.entries)
    for key, entries in groupby(index.entries, key=lambda entry: entry.key):
        yield _chain(key, list(entries), units, settings)


_Units = dict[tuple[str, int], list[Entry]]


def _units(entries: Sequence[Entry]) -> _Units:
    """Return the reports of organs and townships by division and year: the units of the government there."""
    found: _Units = {}
    seen = set()
    for entry in entries:
        if not _is_area(entry.key) and (entry.key, entry.year) not in seen:
            found.setdefault((entry.key.place.partition(TOWNSHIP)[0], entry.year), []).append(entry)
            seen.add((entry.key, entry.year))
    return found


def _chain(key: IssuerKey, entries: Sequence[Entry], units: _Units, settings: Settings) -> Chain:
    years: list[Year] = []
    before: Report | None = None
    names: dict[str, None] = {}
    last: Report | None = None
    for year, same in groupby(entries, key=lambda entry: entry.year):
        kept, *others = same
        now = kept.stored.read()
        if before is not None and before.year != year - 1:
            before = None
        subordinate = [unit.stored.read() for unit in units.get((key.place, year), ())] if _is_area(key) else []
        years.append(_year(now, before, [other.stored for other in others], subordinate, settings))
        if now.issuer is not None:
            names[now.issuer.full_name or now.issuer.name] = None
        before = last = now
    issuer = last.issuer if last else None
    present = [year.year for year in years]
    return Chain(
        schema=SCHEMA,
        key=str(key),
        names=tuple(names),
        division_code=issuer.division_code if issuer else None,
        division_path=issuer.division_path if issuer else (),
        kind=issuer.kind if issuer else None,
        years=tuple(years),
        missing_years=tuple(year for year in range(present[0], present[-1]) if year not in present),
        breaks=tuple(_first_breaks(years)),
    )


def _is_area(key: IssuerKey) -> bool:
    """Whether a key is that of a government above townships."""
    return key.kind == "government" and TOWNSHIP not in key.place


def _year(
    now: Report, before: Report | None, others: Sequence[Stored], units: Sequence[Report], settings: Settings
) -> Year:
    checks = check_series(now, before, ignore=settings.ignore, language=settings.language)
    rollup = check_units(now, units, complete=settings.complete, ignore=settings.ignore, language=settings.language)
    name = (now.issuer.full_name or now.issuer.name) if now.issuer else ""
    return Year(
        year=now.year or 0,
        before=before.year if before else None,
        id=now.id,
        path=now.source.path,
        name=name,
        form=now.form,
        duplicates=tuple(_duplicate(other.read(), now) for other in others),
        checks=(*checks, *rollup),
    )


def _duplicate(report: Report, kept: Report) -> Duplicate:
    share = share_reused(shingles(fold(report.text)), shingles(fold(kept.text)))
    similarity = None if share is None else round(share, _DIGITS)
    return Duplicate(id=report.id, path=report.source.path, similarity=similarity)


def _first_breaks(years: Sequence[Year]) -> Iterator[Break]:
    seen = set()
    for year in years:
        for check in year.checks:
            if check.status == "fail" and check.rule not in seen:
                seen.add(check.rule)
                yield Break(rule=check.rule, year=year.year, message=check.message)

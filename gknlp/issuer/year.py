"""The year a report is about: from title, period of the statistics, section one or date of publication."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

from gknlp.findings import report
from gknlp.issuer.title import Title, places_of, split_title
from gknlp.knowledge.issuers import clue_pattern, load_issuers
from gknlp.model import Diagnostic, Document

YearSource = Literal["title", "period", "overview", "published"]

_OVERVIEW = 3000  # characters after the title that stand for section one when nobody says where it is
_LEAST_MENTIONS = 2
_PUBLISHED_TAIL = 400
_DATE = re.compile(r"\D{0,3}(20\d\d)(?!\d)")


class YearEvidence(NamedTuple):
    """One place that tells the year, as a half-open span; a publication date counts for the year before.

    What the page says outside the text has no place: ``None``.
    """

    source: YearSource
    year: int
    start: int | None
    end: int | None


class YearFinding(NamedTuple):
    """The year by the strongest evidence, all evidence in order of strength, and what is wrong with it."""

    year: int | None
    evidence: tuple[YearEvidence, ...]
    diagnostics: tuple[Diagnostic, ...]


def find_year(document: Document, title: Title | None, overview: tuple[int, int] | None = None) -> YearFinding:
    """Return the report's year; ``overview`` is the span of section one where it is known.

    Diagnostics: ``year_conflict`` when sources differ, ``year_missing`` when there is none.

    >>> from gknlp.issuer import find_title
    >>> from gknlp.readers import read_text
    >>> document = read_text("二〇二二年度政府信息公开工作报告")
    >>> find_year(document, find_title(document)).year
    2022
    """
    evidence: list[YearEvidence] = []
    if title:
        evidence += _in_title(document, title)
    evidence += _in_period(document.folded)
    start = title.end if title else 0
    evidence += _in_overview(document.folded, *(overview or (start, start + _OVERVIEW)))
    evidence += _published(document.folded, title)
    evidence += _stated(document)
    if not evidence:
        return YearFinding(None, (), (report("year_missing"),))
    first = evidence[0]
    return YearFinding(first.year, tuple(evidence), _conflicts(evidence))


def to_year(printed: str) -> int:
    """Return the year of folded digits or Chinese numerals.

    >>> to_year("二○一九"), to_year("2021")
    (2019, 2021)
    """
    digits = load_issuers().year.digits
    return int("".join(digits.get(character, character) for character in printed))


def _conflicts(evidence: list[YearEvidence]) -> tuple[Diagnostic, ...]:
    """A publication date only stands in for other evidence: reports are published late, and dates are of web pages."""
    first = evidence[0]
    firm = [each for each in evidence if each.source in (first.source, "title", "period", "overview")]
    other = next((each for each in firm if each.year != first.year), None)
    if other is None:
        return ()
    return (
        report(
            "year_conflict",
            start=other.start,
            end=other.end,
            year=first.year,
            source=first.source,
            other=other.year,
            other_source=other.source,
        ),
    )


def _in_title(document: Document, title: Title) -> Iterator[YearEvidence]:
    parts = split_title(*places_of(document, title))
    for printed, start, end in parts.years if parts else ():
        yield YearEvidence("title", to_year(printed), start, end)


def _in_period(folded: str) -> Iterator[YearEvidence]:
    """Both years of a period count: a period over two years is a conflict."""
    labelled = clue_pattern("year.period_pattern").search(folded)
    spans = clue_pattern("year.span_pattern").search(folded)
    seen: set[int] = set()
    for match, groups in ((labelled, (1,)), (spans, (1, 2))):
        for group in groups if match else ():
            if match and match[group] and int(match[group]) not in seen:
                seen.add(int(match[group]))
                yield YearEvidence("period", int(match[group]), match.start(group), match.end(group))


def _in_overview(folded: str, start: int, end: int) -> Iterator[YearEvidence]:
    """The year that most 2021年 name, when it leads and does so more than once."""
    found = [
        (folded[match.start() : match.end() - 1], match.start())
        for match in clue_pattern("year.mention_pattern").finditer(folded, start, end)
        if not folded[match.start() - 1 : match.start()].isdigit()
    ]
    ranked = Counter(year for year, _ in found).most_common(2)
    if not ranked or ranked[0][1] < _LEAST_MENTIONS or (len(ranked) > 1 and ranked[1][1] == ranked[0][1]):
        return
    year = ranked[0][0]
    first = next(place for printed, place in found if printed == year)
    yield YearEvidence("overview", int(year), first, first + len(year))


def _published(folded: str, title: Title | None) -> Iterator[YearEvidence]:
    """A labelled date, the document number above the title, or the date below the signature."""
    head_end = title.end if title else _OVERVIEW
    tail = max(len(folded) - _PUBLISHED_TAIL, head_end)
    match = (
        clue_pattern("year.published_pattern").search(folded)
        or clue_pattern("year.number_pattern").search(folded, 0, head_end)
        or _last(clue_pattern("year.signed_pattern", multiline=True), folded, tail)
    )
    if match:
        yield YearEvidence("published", int(match[1]) - 1, match.start(1), match.end(1))


def _stated(document: Document) -> Iterator[YearEvidence]:
    """The date on which the page says it was published."""
    dates = (_DATE.match(entry.value) for entry in document.metadata if entry.name == "published")
    yield from (YearEvidence("published", int(date[1]) - 1, None, None) for date in dates if date)


def _last(pattern: re.Pattern[str], folded: str, start: int) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(folded, start):
        found = match
    return found

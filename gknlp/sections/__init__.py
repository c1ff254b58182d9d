"""The sections of a report, their sub-headings, and which headings were lost.

A heading is recognised by its words (``knowledge/sections.toml``), its number and its place: of all lines that could
be headings, the sequence in the order of the form that fits best as a whole is taken. A table of contents, a quoted
heading, a sub-heading of similar wording or a row of a table thus loses against the heading itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from gknlp.findings import report
from gknlp.knowledge.sections import load_sections
from gknlp.model import Diagnostic, Document, Section
from gknlp.sections.headings import Heading, find_headings, is_blank, opening_line, sign_of
from gknlp.sections.opening import body_start, holds_prose, preamble_end
from gknlp.sections.outline import Span, sub_headings
from gknlp.text.outline import MarkedLine, marked_lines

__all__ = ["Sections", "split_sections"]

_ACCEPT = 3.0
_CERTAIN = 5.5
_OVERVIEW = 0
_PREAMBLE = "preamble"
_by_score = attrgetter("score")


class Sections(NamedTuple):
    """The sections in text order, each beginning where the one before ends, and what was doubtful about them."""

    sections: tuple[Section, ...]
    diagnostics: tuple[Diagnostic, ...]


class _Chain(NamedTuple):
    score: float
    heading: Heading
    before: _Chain | None


class _Start(NamedTuple):
    """Where a section begins, where its heading ends (at once when it was lost) and where its content begins."""

    start: int
    heading_end: int
    content: int
    kind: int


def split_sections(document: Document) -> Sections:
    """Return the sections of ``document`` (ids: preamble, overview, disclosure, requests, remedies, issues, other).

    They cover the text from the title's end, or from the first heading when nothing but blank lines or short remarks
    stands between, to the end. A section that the report has but whose heading is lost begins at its table or
    at words that stand only there (``section_heading_lost``); ``sections_absent`` names those without any trace.

    >>> from gknlp.readers import read_text
    >>> split = split_sections(read_text("一、总体情况\\n公开文件3件。\\n六、其他需要报告的事项\\n无"))
    >>> [(section.id, section.start, section.end) for section in split.sections]
    [('overview', 0, 15), ('other', 15, 28)]
    """
    folded = document.folded
    body = body_start(folded)
    marked = list(marked_lines(folded, body))
    headings = [heading for heading in find_headings(folded, body, marked) if heading.score >= _ACCEPT]
    chosen = _best_sequence(headings)
    displaced = _displaced(headings, chosen)
    printed = [_start_of(heading, headings, folded) for heading in sorted((*chosen, *displaced))]
    starts = _with_lost(folded, body, printed)
    return Sections(_build(document, body, starts, marked), tuple(_doubts(starts, displaced)))


def _best_sequence(headings: Sequence[Heading]) -> list[Heading]:
    """The headings in the order of the form with the greatest sum of scores; the earlier of equals."""
    best: list[_Chain | None] = [None] * len(load_sections().section)
    for heading in headings:
        before = max(filter(None, best[: heading.kind]), key=_by_score, default=None)
        score = heading.score + (before.score if before else 0.0)
        there = best[heading.kind]
        if there is None or score > there.score:
            best[heading.kind] = _Chain(score, heading, before)
    chain = max(filter(None, best), key=_by_score, default=None)
    found: list[Heading] = []
    while chain:
        found.append(chain.heading)
        chain = chain.before
    return found[::-1]


def _displaced(headings: Sequence[Heading], chosen: Sequence[Heading]) -> list[Heading]:
    """Headings beyond doubt of sections that the best sequence leaves out: the report prints them in another order."""
    taken = {heading.kind for heading in chosen}
    found: dict[int, Heading] = {}
    for heading in headings:
        if heading.kind not in taken and heading.score >= _CERTAIN and not heading.listed:
            found.setdefault(heading.kind, heading)
    return list(found.values())


def _start_of(heading: Heading, headings: Sequence[Heading], folded: str) -> _Start:
    """A heading printed twice (or more) opens its section once, with the first of them."""
    at = bisect_left(headings, heading.start, key=lambda other: other.start)
    first = last = at
    while first > 0 and _repeats(headings[first - 1], headings[first], folded):
        first -= 1
    while last + 1 < len(headings) and _repeats(headings[last], headings[last + 1], folded):
        last += 1
    return _Start(headings[first].start, headings[first].end, headings[last].end, heading.kind)


def _repeats(heading: Heading, following: Heading, folded: str) -> bool:
    return heading.kind == following.kind and is_blank(folded, heading.end, following.start)


def _with_lost(folded: str, body: int, printed: Sequence[_Start]) -> list[_Start]:
    """``printed`` and the sections whose heading is lost: between their neighbours, at the words that open them."""
    found = list(printed)
    seen = {start.kind for start in printed}
    for kind in range(1, len(load_sections().section)):
        pattern = sign_of(kind)
        if kind in seen or pattern is None:
            continue
        lower = max((start.content for start in found if start.kind < kind), default=body)
        upper = min((start.start for start in found if start.kind > kind), default=len(folded))
        if not _may_be_lost(kind, found):
            continue
        if sign := pattern.search(folded, lower, upper):
            start = opening_line(folded, kind, lower, sign.start())
            found.append(_Start(start, start, start, kind))
    found.sort()
    first = found[0].start if found else len(folded)
    if _OVERVIEW not in seen and holds_prose(folded, opening := preamble_end(folded, body, first), first):
        found.insert(0, _Start(opening, opening, opening, _OVERVIEW))
    return found


def _may_be_lost(kind: int, found: Sequence[_Start]) -> bool:
    """What opens a section without a table is ordinary wording before the tables."""
    kinds = load_sections().section
    return kinds[kind].table or any(kinds[start.kind].table for start in found if start.kind < kind)


def _build(
    document: Document, body: int, starts: Sequence[_Start], marked: Sequence[MarkedLine]
) -> tuple[Section, ...]:
    text, folded, kinds = document.text, document.folded, load_sections().section
    first = starts[0].start if starts else len(folded)
    sections: list[Section] = []
    if holds_prose(folded, body, first):
        sections.append(Section(id=_PREAMBLE, heading="", start=body, end=first))
    for place, start in enumerate(starts, 1):
        end = starts[place].start if place < len(starts) else len(text)
        kind = kinds[start.kind]
        prose = Span(start.content, _prose_end(folded, start, end), end)
        children = sub_headings(document, kind, prose, marked)
        heading = "".join(line.strip() for line in text[start.start : start.heading_end].split("\n"))
        sections.append(Section(id=kind.id, heading=heading, start=start.start, end=end, children=children))
    return tuple(sections)


def _prose_end(folded: str, start: _Start, end: int) -> int:
    """Sub-headings are looked for up to the table: its rows are numbered too."""
    sign = sign_of(start.kind) if load_sections().section[start.kind].table else None
    found = sign.search(folded, start.content, end) if sign else None
    return folded.rfind("\n", start.content, found.start()) + 1 or start.content if found else end


def _doubts(starts: Sequence[_Start], displaced: Sequence[Heading]) -> Iterator[Diagnostic]:
    kinds = load_sections().section
    for start in starts:
        if start.start == start.heading_end:
            yield report("section_heading_lost", start=start.start, end=start.start, section=kinds[start.kind].id)
    for heading in displaced:
        yield report("section_out_of_order", start=heading.start, end=heading.end, section=kinds[heading.kind].id)
    found = {start.kind for start in starts}
    absent = [kind.id for place, kind in enumerate(kinds) if place not in found]
    if absent:
        yield report("sections_absent", sections=", ".join(absent))

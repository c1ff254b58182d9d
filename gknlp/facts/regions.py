"""Where facts are looked for: the prose of every section but the problems and measures of section five."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.model import Section, Table

_EXCLUDED = frozenset({"issues", "preamble"})
_REMNANTS = " \t\n|()"  # of tables: what is nothing else holds no prose


def prose_regions(
    folded: str, sections: Sequence[Section], tables: Sequence[Table], knowledge: FactKnowledge
) -> Iterator[tuple[str, int, int]]:
    """Yield section id, start and end of the stretches to search, in order, without tables, headings and contacts."""
    blocked = sorted((table.start, table.end) for table in tables)
    for section in sections:
        if section.id in _EXCLUDED:
            continue
        start = _behind_heading(folded, section)
        for first, last in _without(start, section.end, blocked):
            if folded[first:last].strip(_REMNANTS):
                yield from ((section.id, a, b) for a, b in _without_contacts(folded, first, last, knowledge))


def _behind_heading(folded: str, section: Section) -> int:
    at = folded.find(section.heading, section.start, section.end) if section.heading else -1
    return at + len(section.heading) if at >= 0 else section.start


def _without(start: int, end: int, blocked: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for first, last in blocked:
        if last <= start or first >= end:
            continue
        if first > start:
            yield start, first
        start = max(start, last)
    if start < end:
        yield start, end


def _without_contacts(folded: str, start: int, end: int, knowledge: FactKnowledge) -> Iterator[tuple[int, int]]:
    """Leave out the lines that give addresses and telephone numbers or say what period the report covers."""
    pattern = knowledge.patterns["contact"]
    while start < end:
        found = pattern.search(folded, start, end)
        if found is None:
            yield start, end
            return
        line_start = max(start, _line_start(folded, found.start(), knowledge))
        if line_start > start:
            yield start, line_start
        stop = folded.find("\n", found.end(), end)
        start = end if stop < 0 else stop


def _line_start(folded: str, at: int, knowledge: FactKnowledge) -> int:
    """Start of the sentence that holds ``at``: what stands before it in the line may still be prose."""
    line = folded.rfind("\n", 0, at) + 1
    stop = max(folded.rfind(sign, line, at) for sign in "。!?")
    return stop + 1 if stop >= line else line

"""What the form asks for and a report does not say: diagnostics, since a silence breaks no equation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from gknlp.findings import report
from gknlp.knowledge.silence import load_silence
from gknlp.model import Diagnostic, Fact, Issue, Section, Table, TableId

_NONE_STATED = "none_stated"
_TABLES: dict[str, TableId] = {"disclosure": "disclosure", "requests": "requests", "remedies": "remedies"}
_PROSE_SECTIONS = ("overview", "issues", "other")
_WORD = re.compile(r"\w")


def find_silence(
    folded: str,
    sections: Sequence[Section],
    tables: Sequence[Table],
    facts: Sequence[Fact],
    issues: Sequence[Issue],
    year: int | None,
) -> tuple[Diagnostic, ...]:
    """Return what is missing in the prose of a report, in the order of its sections.

    That are sections with a heading and nothing under it, headings without their table, parts of section one that no
    word speaks of, section five without a problem or a measure, section six without a statement on fees, and units
    without a number. ``folded`` is the text that the spans index. A section that is not there at all is
    ``sections_absent``, which the splitting of sections tells. What the form of 2021 asks for is not missed in the
    reports of years before; of a report without a year it is.

    Source: 国办公开办函〔2021〕30号, annex; Regulations art. 50.
    """
    by_id = {section.id: section for section in sections}
    printed = {table.id for table in tables}
    return (
        *_empty_sections(folded, sections, issues),
        *_without_table(sections, printed, year),
        *_asked_for(folded, by_id, year),
        *_one_sided(folded, by_id.get("issues"), issues),
        *_numbers(facts),
    )


def _body(folded: str, section: Section) -> str:
    """Return a section without its headings."""
    parts = []
    start = section.start + len(section.heading)
    for child in section.children:
        parts.append(folded[start : child.start])
        parts.append(_body(folded, child))
        start = child.end
    parts.append(folded[start : section.end])
    return "".join(parts)


def _is_empty(folded: str, section: Section) -> bool:
    return _WORD.search(_body(folded, section)) is None


def _empty_sections(folded: str, sections: Iterable[Section], issues: Sequence[Issue]) -> Iterator[Diagnostic]:
    for section in sections:
        if section.id not in _PROSE_SECTIONS or not section.heading or not _is_empty(folded, section):
            continue
        if not any(section.start <= issue.start < section.end for issue in issues):
            yield report("section_empty", start=section.start, end=section.end, section=section.id)


def _without_table(sections: Iterable[Section], printed: Collection[str], year: int | None) -> Iterator[Diagnostic]:
    if year is not None and year < load_silence().tables_since:
        return
    for section in sections:
        table = _TABLES.get(section.id)
        if table is not None and section.heading and table not in printed:
            yield report("heading_without_table", table=table, start=section.start, end=section.end)


def _asked_for(folded: str, sections: Mapping[str, Section], year: int | None) -> Iterator[Diagnostic]:
    """Yield what the form of 2021 asks for: the parts of section one, and in section six the fees."""
    known = load_silence()
    if year is not None and year < known.first_year:
        return
    overview, other = sections.get("overview"), sections.get("other")
    if overview is not None:
        told = folded[overview.start : overview.end]
        unsaid = [part.label for part in known.part if not part.is_said(told)]
        if 0 < len(unsaid) < len(known.part):  # a section that says nothing at all is empty
            yield report("overview_parts_missing", start=overview.start, end=overview.end, parts=", ".join(unsaid))
    # Some tell the fees elsewhere, so the sections of prose before count as well.
    told = "".join(folded[section.start : section.end] for name, section in sections.items() if name in _PROSE_SECTIONS)
    if other is not None and not known.fee.is_said(told):
        yield report("fee_statement_missing", start=other.start, end=other.end)


def _one_sided(folded: str, section: Section | None, issues: Sequence[Issue]) -> Iterator[Diagnostic]:
    """Yield what section five lacks, where it says anything at all."""
    if section is None or not (issues or _WORD.search(_body(folded, section))):
        return
    stated = {issue.role for issue in issues if not any(label.id == _NONE_STATED for label in issue.labels)}
    if "problem" not in stated:
        yield report("problems_not_stated", start=section.start, end=section.end)
    if "measure" not in stated:
        yield report("measures_not_stated", start=section.start, end=section.end)


def _numbers(facts: Sequence[Fact]) -> Iterator[Diagnostic]:
    for fact in facts:
        if fact.qualifier in ("missing", "masked"):
            yield report(f"number_{fact.qualifier}", start=fact.start, end=fact.end, type=fact.type)

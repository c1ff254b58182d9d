"""Structured facts from the prose of a report, each with its evidence.

:func:`find_facts` reads a whole document, :func:`facts_in_text` any text. Stages: :mod:`regions` (what is prose),
:mod:`titles`, :mod:`clauses` (which words belong to which number), :mod:`view` and :mod:`match` (which rule fits),
:mod:`zeros`, :mod:`periods`, :mod:`lists` and :mod:`links`. The rules are data: ``gknlp/knowledge/facts/*.toml``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gknlp.facts.draft import Draft
from gknlp.facts.engine import read_stretch
from gknlp.facts.links import link
from gknlp.facts.records import Stretch
from gknlp.facts.regions import prose_regions
from gknlp.knowledge.fact_types import FactKnowledge, load_fact_types
from gknlp.model import Diagnostic, Document, Fact, Section, Table
from gknlp.text.normalize import fold

__all__ = ["FactsResult", "facts_in_text", "find_facts"]


class FactsResult(NamedTuple):
    """The facts of a report in the order of the text, and what is to be said about them."""

    facts: tuple[Fact, ...]
    diagnostics: tuple[Diagnostic, ...]


def find_facts(
    document: Document,
    sections: Sequence[Section],
    tables: Sequence[Table],
    year: int | None,
    knowledge: FactKnowledge | None = None,
) -> FactsResult:
    """Return the facts of the prose outside tables, headings, the contact paragraph and section five.

    Offsets index ``document.text``. ``year`` is the year of the report: it dates the periods, and a clause that names
    another year gives ``other_year``. ``knowledge`` is what :func:`~gknlp.knowledge.fact_types.load_fact_types` returns
    unless given.
    """
    known = knowledge or load_fact_types()
    drafts: list[Draft] = []
    for section, start, end in prose_regions(document.folded, sections, tables, known):
        drafts += read_stretch(Stretch(document.text, document.folded, start, end, section, year), known)
    return FactsResult(tuple(link(drafts, known)), ())


def facts_in_text(
    text: str, year: int | None = None, knowledge: FactKnowledge | None = None, section: str = "overview"
) -> tuple[Fact, ...]:
    """Return the facts of a text that is prose from beginning to end; offsets index ``text``.

    >>> [(fact.type, fact.value, fact.unit) for fact in facts_in_text("全年公开政府信息300条,举办培训班2期。")]
    [('pub.info_total', 300, '条'), ('gov.trainings', 2, '期')]
    """
    known = knowledge or load_fact_types()
    folded = fold(text)
    return tuple(link(read_stretch(Stretch(text, folded, 0, len(text), section, year), known), known))

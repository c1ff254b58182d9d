"""The facts engine as a spaCy component: ``nlp.add_pipe("gknlp_facts")``.

spaCy imports this module through the entry point ``spacy_factories`` and expects that this registers the factory;
nothing else in gknlp imports it, so spaCy is loaded only in pipelines of spaCy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gknlp.facts import facts_in_text
from gknlp.knowledge.fact_types import load_fact_types
from gknlp.model import Fact

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

SPANS_KEY = "facts"
_STORE = "gknlp_facts"
_DEFAULTS: dict[str, int | str | None] = {"year": None, "knowledge": None}


def make(nlp: Language, name: str, year: int | None, knowledge: str | None) -> Callable[[Doc], Doc]:
    """Return the component; ``year`` is the year of the reports, ``knowledge`` a folder of further fact types.

    The component sets ``doc.spans["facts"]``: one span a fact, its label the fact type, the record in ``span._.fact``.
    A span covers whole tokens, so it may be wider than the fact, which keeps its exact offsets into ``doc.text``.
    """
    known = load_fact_types(Path(knowledge) if knowledge else None)

    def find(doc: Doc) -> Doc:
        facts = facts_in_text(doc.text, year, known)
        doc.user_data[_STORE] = {fact.id: msgspec.to_builtins(fact) for fact in facts}
        doc.spans[SPANS_KEY] = [span for fact in facts if (span := _span(doc, fact)) is not None]
        return doc

    return find


def _span(doc: Doc, fact: Fact) -> Span | None:
    """The tokens that a fact touches."""
    span: Span | None = doc.char_span(fact.start, fact.end, label=fact.type, span_id=fact.id, alignment_mode="expand")
    return span


def _fact(span: Span) -> Fact | None:
    """The record of a span, kept by id in the document as plain data.

    Two facts may share their tokens, and spaCy keeps the values of extensions by place; and a document must survive
    ``to_bytes``.
    """
    stored = span.doc.user_data.get(_STORE, {}).get(span.id_)
    return msgspec.convert(stored, Fact) if stored is not None else None


def _register() -> None:
    from spacy.language import Language
    from spacy.tokens import Span

    Span.set_extension("fact", getter=_fact, force=True)
    Language.factory("gknlp_facts", default_config=_DEFAULTS, func=make)


_register()

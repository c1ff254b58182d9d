"""Problems and measures as a spaCy component: ``nlp.add_pipe("gknlp_issues")``.

spaCy imports this module through the entry point ``spacy_factories`` and expects that this registers the factory;
nothing else in gknlp imports it, so spaCy is loaded only in pipelines of spaCy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gknlp.issues.classify import load_model
from gknlp.issues.label import issues_in_text
from gknlp.model import Issue

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

SPANS_KEY = "issues"
_STORE = "gknlp_issues"
_DEFAULTS: dict[str, str | None] = {"model": None}


def make(nlp: Language, name: str, model: str | None) -> Callable[[Doc], Doc]:
    """Return the component; ``model`` is the folder of a model of your own. It reads section five, nothing around it.

    The component sets ``doc.spans["issues"]``: one span an item, its label the role, the record in ``span._.issue``.
    A span covers whole tokens, so it may be wider than the item, which keeps its exact offsets into ``doc.text``.
    """
    known = load_model(Path(model) if model else None)

    def find(doc: Doc) -> Doc:
        issues = issues_in_text(doc.text, known)
        doc.user_data[_STORE] = {issue.id: msgspec.to_builtins(issue) for issue in issues}
        doc.spans[SPANS_KEY] = [span for issue in issues if (span := _span(doc, issue)) is not None]
        return doc

    return find


def _span(doc: Doc, issue: Issue) -> Span | None:
    """The tokens that an item touches."""
    span: Span | None = doc.char_span(
        issue.start, issue.end, label=issue.role, span_id=issue.id, alignment_mode="expand"
    )
    return span


def _issue(span: Span) -> Issue | None:
    """The record of a span. It is kept by id in the document, as plain data: a document must survive ``to_bytes``."""
    stored = span.doc.user_data.get(_STORE, {}).get(span.id_)
    return msgspec.convert(stored, Issue) if stored is not None else None


def _register() -> None:
    from spacy.language import Language
    from spacy.tokens import Span

    Span.set_extension("issue", getter=_issue, force=True)
    Language.factory("gknlp_issues", default_config=_DEFAULTS, func=make)


_register()

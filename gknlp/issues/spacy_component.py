"""Problems and measures as a spaCy component: ``nlp.add_pipe("gknlp_issues")``.

spaCy imports this module through the entry point ``spacy_factories`` and expects that this registers the factory;
nothing else in gknlp imports it, so spaCy is loaded only in pipelines of spaCy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gknlp.issues.engine import issues_in_text
from gknlp.issues.classify import load_model
from gknlp.model import Issue

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

SPANS_KEY = "issues"
_STORE = "gknlp_issues"
_DEFAULTS: dict[str, str | None] = {"model": None}

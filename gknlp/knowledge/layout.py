"""How tables are printed, apart from any form (``layout.toml``)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Record


class Layout(Record, frozen=True, kw_only=True):
    """Signs, units, marks and page lines; every string is meant for folded text."""

    numerals: str
    ordinal_prefix: str
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    dash_words: tuple[str, ...]
    units: tuple[str, ...]
    money: dict[str, float]
    page_lines: tuple[str, ...]
    sentence_end: str
    clause_breaks: str


@lru_cache(maxsize=1)
def load_layout() -> Layout:
    """Return the layout knowledge; :class:`KnowledgeError` names the key of a wrong entry."""
    data = (resources.files("gknlp.knowledge") / "layout.toml").read_text(encoding="utf-8")
    try:
        return msgspec.toml.decode(data, type=Layout)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"layout.toml: {error}") from error

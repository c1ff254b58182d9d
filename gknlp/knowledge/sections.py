"""The sections of a report and the wording of their headings, read from ``sections.toml``."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Record
from gknlp.text.normalize import fold

_FILE = "sections.toml"


class SectionKind(Record, frozen=True, kw_only=True):
    """One section: a title with all words of a line of ``require`` and none of ``block`` may be its heading."""

    id: str
    require: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    block: tuple[str, ...]
    signs: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    table: bool = False
    head: tuple[str, ...] = ()


class TitleWords(Record, frozen=True, kw_only=True):
    """How the title of a report is worded."""

    subjects: tuple[str, ...]
    endings: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


class PreambleWords(Record, frozen=True, kw_only=True):
    """Words of the paragraphs that stand between the title and the first section."""

    cues: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


class SectionKnowledge(Record, frozen=True, kw_only=True):
    """Everything known about headings; every string is folded. ``section`` stands in the order of the form."""

    filler: tuple[str, ...]
    endings: tuple[str, ...]
    connectives: tuple[str, ...]
    title: TitleWords
    preamble: PreambleWords
    section: tuple[SectionKind, ...]


@lru_cache(maxsize=1)
def load_sections() -> SectionKnowledge:
    """Return the knowledge about sections; :class:`KnowledgeError` names the key of a wrong entry."""
    data = (resources.files("gknlp.knowledge") / _FILE).read_text(encoding="utf-8")
    return parse_sections(data)


def parse_sections(data: str) -> SectionKnowledge:
    """Return the knowledge in ``data``, the content of a ``sections.toml``."""
    try:
        known = msgspec.toml.decode(fold(data), type=SectionKnowledge)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{_FILE}: {error}") from error
    for kind in known.section:
        if not kind.require or not all(kind.require):
            raise KnowledgeError(f"{_FILE}: section {kind.id}: an empty line of `require` would match every title")
    return known

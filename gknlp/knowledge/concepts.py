"""The concepts of section five, read from ``concepts.toml``: the many ways in which officials say one thing."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from importlib import resources

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.knowledge.issue_types import GAP
from gknlp.model import Record
from gknlp.text.normalize import fold

_FILE = "concepts.toml"
_ID = re.compile(r"[a-z][a-z0-9_]{3,}")  # longer than the runs of characters that a model knows


class Concept(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One concept; ``words`` are folded, two parts of a word may be parted by an ellipsis as in a cue."""

    id: str
    meaning: str
    words: tuple[str, ...]
    example: str


class _File(Record, frozen=True, forbid_unknown_fields=True):
    concept: tuple[Concept, ...]


@lru_cache(maxsize=1)
def load_concepts() -> tuple[Concept, ...]:
    """Return the concepts in the order of the file.

    :class:`KnowledgeError` names the file and the key of a wrong entry.

    >>> load_concepts()[0].id
    'mind_word'
    """
    return parse_concepts((resources.files("gknlp.knowledge") / _FILE).read_text(encoding="utf-8"), name=_FILE)


def parse_concepts(data: str, *, name: str) -> tuple[Concept, ...]:
    """Read concepts from TOML; ``name`` is used in errors."""
    try:
        concepts = msgspec.toml.decode(data, type=_File).concept
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{name}: {error}") from error
    for concept_id, count in Counter(concept.id for concept in concepts).items():
        if count > 1:
            raise KnowledgeError(f"{name}: concept {concept_id} is defined {count} times")
    return tuple(_checked(concept, name) for concept in concepts)


def _checked(concept: Concept, name: str) -> Concept:
    if not _ID.fullmatch(concept.id):
        raise KnowledgeError(
            f"{name}: concept {concept.id!r}: an id is made of four small letters, digits and _ or more"
        )
    words = tuple(map(fold, concept.words))
    if not words or not all(part for word in words for part in word.split(GAP)):
        raise KnowledgeError(f"{name}: concept {concept.id}: an empty word would match everywhere")
    if doubled := sorted(word for word, count in Counter(words).items() if count > 1):
        raise KnowledgeError(f"{name}: concept {concept.id}: stands twice: {', '.join(doubled)}")
    return msgspec.structs.replace(concept, words=words)

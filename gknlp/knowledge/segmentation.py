"""How section five is cut into items, read from ``segmentation.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Literal

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Record, Role
from gknlp.text.numerals import HAN_NUMERALS

_FILE = "segmentation.toml"
_NUMERAL = "<n>"
_PLACEHOLDER = re.compile("<(?:n|who|head|will)>")


class MarkerKind(Record, frozen=True, kw_only=True):
    """A list marker of words, its style and pattern.

    ``behind`` are characters behind which it needs no stop, ``order`` the words that count its items where these are
    no numerals.
    """

    style: str
    pattern: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    behind: str = ""
    order: tuple[str, ...] = ()


class Connectives(Record, frozen=True, kw_only=True):
    """Words that open a sentence without adding to it; the ``blocked`` ones only begin like them."""

    words: tuple[str, ...]
    blocked: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


class FrameExample(Record, frozen=True, kw_only=True):
    """A frame and the role it turns to."""

    text: str
    role: Role


class Frames(Record, frozen=True, kw_only=True):
    """Headings and lead-ins."""

    words: tuple[str, ...]
    problem: str
    measure: str
    problem_again: str
    measure_again: str
    measure_prefix: str
    head: str
    will: str
    problem_prefix: str
    who: str
    done: str
    reference: str
    measure_lead: str
    exists: str
    vague: str
    neutral: str
    concession: str
    gap: str
    fault_end: str
    but: str
    year: str
    examples: tuple[FrameExample, ...]
    counter_examples: tuple[str, ...]


class Wording(Record, frozen=True, kw_only=True):
    """A pattern with passages that it finds and passages that it does not."""

    words: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


class Praise(Wording, frozen=True, kw_only=True):
    """What went well. ``weak`` counts before the first problem only; faults that are ``negated`` are none."""

    weak: str
    negated: str


class NoneStated(Wording, frozen=True, kw_only=True):
    """That there is no problem; every such passage holds one of ``needs``."""

    needs: str


class Cue(Record, frozen=True, kw_only=True):
    """A wording that speaks for a role."""

    role: Role
    weight: float
    at: Literal["start", "anywhere"]
    pattern: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


class Subjects(Record, frozen=True, kw_only=True):
    """Beginnings of clauses behind a comma: of a new subject, and of what carries on."""

    start: str
    continue_: str = msgspec.field(name="continue")


class Trait(Record, frozen=True, kw_only=True):
    """A quality of items: one of the patterns is found."""

    patterns: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


class Hedged(Trait, frozen=True, kw_only=True):
    """What is to be improved; ``blunt`` words beside it name a fault."""

    blunt: str


class Segmentation(Record, frozen=True, kw_only=True):
    """Everything known about the structure and wording of section five."""

    marker: tuple[MarkerKind, ...]
    connectives: Connectives
    frames: Frames
    praise: Praise
    none: NoneStated
    cue: tuple[Cue, ...]
    subjects: Subjects
    specific: Trait
    hedged: Hedged


@lru_cache(maxsize=1)
def load_segmentation() -> Segmentation:
    """Return the knowledge about section five; :class:`KnowledgeError` names the key of a wrong entry."""
    return parse_segmentation((resources.files("gknlp.knowledge") / _FILE).read_text(encoding="utf-8"))


def parse_segmentation(data: str) -> Segmentation:
    """Return the knowledge in ``data``, the content of a ``segmentation.toml``."""
    try:
        known = msgspec.toml.decode(data, type=Segmentation)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{_FILE}: {error}") from error
    for place, pattern in _patterns(known):
        try:
            compiled = re.compile(_PLACEHOLDER.sub("", pattern))
        except re.error as error:
            raise KnowledgeError(f"{_FILE}: {place}: {error}") from error
        if compiled.groups:
            raise KnowledgeError(f"{_FILE}: {place}: groups are written (?:...)")
    return known


def numbered(pattern: str, group: str) -> str:
    """Return a pattern with its numeral as a group of that name."""
    return pattern.replace(_NUMERAL, f"(?P<{group}>[{HAN_NUMERALS}]{{1,2}}|[0-9]{{1,2}})")


def marker_pattern(kind: MarkerKind) -> str:
    """Return the pattern of a marker with its numeral as a group of the style's name."""
    return numbered(kind.pattern, kind.style)


def measure_prefix(frames: Frames) -> str:
    """Return the pattern of the words that lead into a measure in the same clause."""
    parts = {"<head>": frames.head, "<who>": frames.who, "<will>": frames.will}
    pattern = frames.measure_prefix
    for name, part in parts.items():
        pattern = pattern.replace(name, part)
    return pattern


def _patterns(known: Segmentation) -> Iterator[tuple[str, str]]:
    for kind in known.marker:
        yield f"marker {kind.style}", kind.pattern
    for key in known.frames.__struct_fields__:
        value = getattr(known.frames, key)
        if isinstance(value, str):
            yield f"frames.{key}", value
    yield "praise.words", known.praise.words
    yield "praise.weak", known.praise.weak
    yield "praise.negated", known.praise.negated
    yield "none.needs", known.none.needs
    yield "none.words", known.none.words
    for place, cue in enumerate(known.cue, 1):
        yield f"cue {place}", cue.pattern
    yield "subjects.start", known.subjects.start
    yield "subjects.continue", known.subjects.continue_
    yield from (("specific.patterns", pattern) for pattern in known.specific.patterns)
    yield from (("hedged.patterns", pattern) for pattern in known.hedged.patterns)
    yield "hedged.blunt", known.hedged.blunt

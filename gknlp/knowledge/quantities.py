"""What a number of the prose is counted in and what is no quantity (``quantities.toml``)."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Literal

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Qualifier, Record
from gknlp.text.normalize import fold

UnitClass = Literal[
    "count",
    "people",
    "money",
    "time",
    "percent",
    "points",
    "multiple",
    "score",
    "area",
    "length",
    "mass",
    "size",
    "none",
]
ExampleRow = tuple[str, int | float | None, str, str, str]


class UnitGroup(Record, frozen=True, kw_only=True):
    """The units of one class; class ``none`` follows numbers that count nothing (dates, places, ranks)."""

    unit_class: UnitClass = msgspec.field(name="class")
    names: tuple[str, ...]


class Marker(Record, frozen=True, kw_only=True):
    """Words that qualify a value.

    After a character of ``not_after`` the word is the end of another one; a ``bare`` word qualifies only a magnitude
    without digits (上百).
    """

    qualifier: Qualifier
    words: tuple[str, ...]
    not_after: str = ""
    bare: bool = False


class Magnitude(Record, frozen=True, kw_only=True):
    """The pattern of what multiplies digits (万, 亿) and begins no other word."""

    pattern: str


class Fraction(Record, frozen=True, kw_only=True):
    """A word before the number that does the work of a unit."""

    word: str
    unit: str


class Range(Record, frozen=True, kw_only=True):
    """What stands between the ends of a range."""

    separators: tuple[str, ...]


class Plain(Record, frozen=True, kw_only=True):
    """Characters after which digits with a unit are the second half of something else (9时30分)."""

    not_after: str


class Vague(Record, frozen=True, kw_only=True):
    """Numerals that name no value."""

    words: tuple[str, ...]
    not_after: str


class Unitless(Record, frozen=True, kw_only=True):
    """When a number counts though no unit follows."""

    cues: tuple[str, ...]
    followed_by: str
    not_after: tuple[str, ...]


class Measured(Record, frozen=True, kw_only=True):
    """Words after which a time was measured."""

    cues: tuple[str, ...]


class Ordinal(Record, frozen=True, kw_only=True):
    """Units that ordinals of facts have, and words before an ordinal without unit."""

    units: tuple[str, ...]
    cues: tuple[str, ...]


class Missing(Record, frozen=True, kw_only=True):
    """Where a unit stands without its number."""

    units: tuple[str, ...]
    nouns: tuple[str, ...]
    leads: tuple[str, ...]
    verbs: tuple[str, ...]


class Masked(Record, frozen=True, kw_only=True):
    """Signs that hide digits."""

    signs: str


class WordGroup(Record, frozen=True, kw_only=True):
    """Fixed words with numerals; ``bare`` ones are names only while no unit follows."""

    note: str
    names: tuple[str, ...]
    bare: bool = False


class MaskPattern(Record, frozen=True, kw_only=True):
    """A pattern of text that holds no quantity: one of ``first``, then ``rest``."""

    note: str
    first: str
    rest: str


class QuantityExample(Record, frozen=True, kw_only=True):
    """A text and what the scanner reads from it: number, value, unit, qualifier, kind."""

    text: str
    read: tuple[ExampleRow, ...]


class QuantityKnowledge(Record, frozen=True, kw_only=True):
    """Everything the scanner of quantities knows; all strings are folded."""

    unit: tuple[UnitGroup, ...]
    before: tuple[Marker, ...]
    inside: tuple[Marker, ...]
    after: tuple[Marker, ...]
    magnitude: Magnitude
    fraction: tuple[Fraction, ...]
    range: Range
    plain: Plain
    vague: Vague
    unitless: Unitless
    measured: Measured
    ordinal: Ordinal
    missing: Missing
    masked: Masked
    words: tuple[WordGroup, ...]
    pattern: tuple[MaskPattern, ...]
    example: tuple[QuantityExample, ...]

    def unit_classes(self) -> dict[str, UnitClass]:
        """Return the class of every unit."""
        return {name: group.unit_class for group in self.unit for name in group.names}


@lru_cache(maxsize=1)
def load_quantities() -> QuantityKnowledge:
    """Return the shipped knowledge; :class:`KnowledgeError` names the file and the key of a wrong entry."""
    data = (resources.files("gknlp.knowledge") / "quantities.toml").read_text(encoding="utf-8")
    return parse_quantities(data, name="quantities.toml")


def parse_quantities(data: str, *, name: str) -> QuantityKnowledge:
    """Read one knowledge file; ``name`` is used in errors."""
    try:
        knowledge = msgspec.toml.decode(fold(data), type=QuantityKnowledge, strict=True)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{name}: {error}") from error
    _check(knowledge, name=name)
    return knowledge


def _check(knowledge: QuantityKnowledge, *, name: str) -> None:
    """Refuse a unit of two classes and a pattern that does not compile."""
    names = [unit for group in knowledge.unit for unit in group.names]
    doubled = sorted({unit for unit in names if names.count(unit) > 1})
    if doubled:
        raise KnowledgeError(f"{name}: unit: {doubled[0]} stands in two lists")
    for number, pattern in enumerate(knowledge.pattern):
        try:
            groups = re.compile(pattern.rest).groups
        except re.error as error:
            raise KnowledgeError(f"{name}: pattern[{number}].rest: {error}") from error
        if groups or not pattern.first:
            raise KnowledgeError(f"{name}: pattern[{number}]: needs a first character and no capturing group")

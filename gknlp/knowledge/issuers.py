"""How titles, years and issuers are worded, read from ``issuers.toml``."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Record
from gknlp.text.normalize import fold
from gknlp.text.trie import trie_pattern

_FILE = "issuers.toml"


class TitleWords(Record, frozen=True, kw_only=True):
    """The parts of a title."""

    head_pattern: str
    topics: tuple[str, ...]
    tail_pattern: str
    dated_topic_pattern: str
    suffix_pattern: str
    stop_pattern: str
    last_characters: str
    edges_pattern: str
    cut_pattern: str
    lead_signs: str
    not_title_pattern: str


class YearWords(Record, frozen=True, kw_only=True):
    """Where a report tells its year."""

    pattern: str
    period_pattern: str
    span_pattern: str
    mention_pattern: str
    published_pattern: str
    number_pattern: str
    signed_pattern: str
    digits: dict[str, str]


class OrganWords(Record, frozen=True, kw_only=True):
    """The parts of an organ's name."""

    prefixes: tuple[str, ...]
    not_vertical: tuple[str, ...]
    governments: tuple[str, ...]
    street_ends: tuple[str, ...]
    street_offices: tuple[str, ...]
    functions: tuple[str, ...]
    zone_pattern: str
    township_pattern: str
    unknown_region_pattern: str
    level_word_pattern: str
    glued: tuple[str, ...]
    expansions: dict[str, str]


class Kind(Record, frozen=True, kw_only=True):
    """One kind of issuer with the functions it is known by."""

    id: str
    pattern: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


class Central(Record, frozen=True, kw_only=True):
    """The organs of the central government."""

    pattern: str
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


class ClueWords(Record, frozen=True, kw_only=True):
    """What tells the region of a report whose title does not."""

    host_pattern: str
    host_end: str
    host_endings: tuple[str, ...]
    site_pattern: str
    account_pattern: str
    address_pattern: str
    phone_pattern: str
    number_pattern: str
    media_pattern: str
    self_pattern: str
    seat_pattern: str
    division_ends: str
    published_by_pattern: str
    province_signs: dict[str, str]


class IssuerKnowledge(Record, frozen=True, kw_only=True):
    """Everything of ``issuers.toml``, folded, the placeholders of patterns filled in."""

    title: TitleWords
    year: YearWords
    organ: OrganWords
    kinds: tuple[Kind, ...]
    central: Central
    township_words: tuple[str, ...]
    levels: dict[str, str]
    clues: ClueWords


class TitlePatterns(NamedTuple):
    """Compiled parts of a title."""

    title: re.Pattern[str]
    ends: re.Pattern[str]
    stop: re.Pattern[str]
    cut: re.Pattern[str]
    edges: re.Pattern[str]
    dated_topic: re.Pattern[str]
    not_title: re.Pattern[str]


class OrganPatterns(NamedTuple):
    """Compiled parts of an organ's name."""

    prefix: re.Pattern[str]
    function: re.Pattern[str]
    zone: re.Pattern[str]
    township: re.Pattern[str]
    unknown_region: re.Pattern[str]
    level_word: re.Pattern[str]
    central: re.Pattern[str]
    kinds: tuple[tuple[str, re.Pattern[str]], ...]


@lru_cache(maxsize=1)
def load_issuers() -> IssuerKnowledge:
    """Return the knowledge about titles, years and issuers; :class:`KnowledgeError` names the key of a wrong entry."""
    return parse_issuers((resources.files("gknlp.knowledge") / _FILE).read_text(encoding="utf-8"))


def parse_issuers(data: str) -> IssuerKnowledge:
    """Return the knowledge in ``data``, the content of an ``issuers.toml``."""
    try:
        known = msgspec.toml.decode(fold(data), type=IssuerKnowledge)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{_FILE}: {error}") from error
    for name, record in (("title", known.title), ("year", known.year), ("organ", known.organ), ("clues", known.clues)):
        for field in record.__struct_fields__:
            if field.endswith("pattern"):
                _compile(f"{name}.{field}", _fill(known, getattr(record, field)))
    return known


@lru_cache(maxsize=1)
def title_patterns() -> TitlePatterns:
    """Return the patterns of titles, for folded text without spaces. Groups: ``head``, ``plan`` and ``suffix``."""
    words = load_issuers().title
    head, suffix = f"(?P<head>{words.head_pattern})", f"(?P<suffix>{words.suffix_pattern})?"
    return TitlePatterns(
        title=_compile("title", _fill(load_issuers(), head + "(?:{topic})" + words.tail_pattern + suffix)),
        ends=_compile("title.last_characters", f"[{re.escape(words.last_characters)}]"),
        stop=_compile("title.stop_pattern", words.stop_pattern),
        cut=_compile("title.cut_pattern", _fill(load_issuers(), words.cut_pattern)),
        edges=_compile("title.edges_pattern", words.edges_pattern),
        dated_topic=_compile("title.dated_topic_pattern", _fill(load_issuers(), words.dated_topic_pattern)),
        not_title=_compile("title.not_title_pattern", words.not_title_pattern),
    )


@lru_cache(maxsize=1)
def organ_patterns() -> OrganPatterns:
    """Return the patterns of organs' names, for folded text without spaces."""
    known = load_issuers()
    words = known.organ
    return OrganPatterns(
        prefix=_compile("organ.prefixes", trie_pattern(words.prefixes)),
        function=_compile("organ.functions", trie_pattern(words.functions)),
        zone=_compile("organ.zone_pattern", words.zone_pattern),
        township=_compile("organ.township_pattern", words.township_pattern),
        unknown_region=_compile("organ.unknown_region_pattern", _fill(known, words.unknown_region_pattern)),
        level_word=_compile("organ.level_word_pattern", _fill(known, words.level_word_pattern)),
        central=_compile("central.pattern", known.central.pattern),
        kinds=tuple((kind.id, _compile(f"kinds.{kind.id}", kind.pattern)) for kind in known.kinds),
    )


@lru_cache(maxsize=64)
def clue_pattern(key: str, *, multiline: bool = False) -> re.Pattern[str]:
    """Return one pattern of ``[year]`` or ``[clues]`` by its full key, ``"clues.phone_pattern"``."""
    table, field = key.split(".")
    known = load_issuers()
    pattern: str = getattr(known.year if table == "year" else known.clues, field)
    return _compile(key, f"(?m){pattern}" if multiline else pattern)


def _fill(known: IssuerKnowledge, pattern: str) -> str:
    filled = pattern.replace("{year}", f"(?:{known.year.pattern})").replace("{topic}", trie_pattern(known.title.topics))
    return filled.replace("{function}", f"(?:{trie_pattern(known.organ.functions)})")


def _compile(key: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise KnowledgeError(f"{_FILE}: {key}: {error}") from error

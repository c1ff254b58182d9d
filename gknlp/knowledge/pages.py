"""What a web page holds beside a report, read from ``pages.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib import resources

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Record

_FILE = "pages.toml"


class Field(Record, frozen=True, kw_only=True):
    """One kind of statement about a text: its labels on the page and its names among the ``<meta>`` elements."""

    id: str
    labels: tuple[str, ...]
    meta: tuple[str, ...]


class Pages(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything known about web pages; ``dict`` holds what is compiled once."""

    report_words: tuple[str, ...]
    longest_aside: int
    never: tuple[str, ...]
    hidden: tuple[str, ...]
    aside_tags: tuple[str, ...]
    aside_words: tuple[str, ...]
    foot_words: tuple[str, ...]
    aside_lines: tuple[str, ...]
    aside_examples: tuple[str, ...]
    aside_counter_examples: tuple[str, ...]
    field: tuple[Field, ...]

    @cached_property
    def report(self) -> re.Pattern[str]:
        """Finds a word of a report."""
        return re.compile("|".join(map(re.escape, self.report_words)))

    @cached_property
    def foot(self) -> re.Pattern[str]:
        """Finds a word of the foot of a page."""
        return re.compile("|".join(map(re.escape, self.foot_words)), re.IGNORECASE)

    @cached_property
    def aside_line(self) -> re.Pattern[str]:
        """Matches a line that belongs to the page; meant for ``fullmatch``."""
        return re.compile("|".join(f"(?:{line})" for line in self.aside_lines))

    @cached_property
    def label(self) -> re.Pattern[str]:
        """Finds a label with the colon behind it."""
        labels = sorted(self.fields, key=len, reverse=True)
        return re.compile(rf"(?<![\w])({'|'.join(map(re.escape, labels))})\s*[:：]\s*")

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """The id of each label."""
        return {label: field.id for field in self.field for label in field.labels}

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """The id of each name of a ``<meta>`` element, in small letters."""
        return {name: field.id for field in self.field for name in field.meta}


@lru_cache(maxsize=1)
def load_pages() -> Pages:
    """Return the knowledge about pages; :class:`KnowledgeError` names the key of a wrong entry."""
    data = (resources.files("gknlp.knowledge") / _FILE).read_text(encoding="utf-8")
    return parse_pages(data)


def parse_pages(data: str) -> Pages:
    """Return the knowledge in ``data``, the content of a ``pages.toml``."""
    try:
        known = msgspec.toml.decode(data, type=Pages)
        re.compile("|".join(known.aside_lines))
    except (msgspec.ValidationError, msgspec.DecodeError, re.error) as error:
        raise KnowledgeError(f"{_FILE}: {error}") from error
    if not known.report_words or not all(known.report_words):
        raise KnowledgeError(f"{_FILE}: report_words: an empty word would be found everywhere")
    return known

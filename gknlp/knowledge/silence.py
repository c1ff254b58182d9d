"""What a report is asked to say in prose, and the words by which it is known to have said it (``silence.toml``)."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Record
from gknlp.text.normalize import fold

_FILE = "silence.toml"


class Wanted(Record, frozen=True, kw_only=True):
    """Something that is to be said: any one of ``words`` says it."""

    words: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]

    def is_said(self, folded: str) -> bool:
        """Tell whether a folded text speaks of it."""
        return any(word in folded for word in self.words)


class Part(Wanted, frozen=True, kw_only=True):
    """One of the parts of section one; ``label`` is what the notice calls it."""

    id: str
    label: str


class Silence(Record, frozen=True, kw_only=True):
    """What the form asks for since ``first_year``; tables stand under their headings since ``tables_since``."""

    first_year: int
    tables_since: int
    part: tuple[Part, ...]
    fee: Wanted


@lru_cache(maxsize=1)
def load_silence() -> Silence:
    """Return what is to be said, its words folded; :class:`KnowledgeError` names the key of a wrong entry."""
    data = (resources.files("gknlp.knowledge") / _FILE).read_text(encoding="utf-8")
    return parse_silence(data)


def parse_silence(data: str) -> Silence:
    """Return the knowledge in ``data``, the content of a ``silence.toml``."""
    try:
        return msgspec.toml.decode(fold(data), type=Silence)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{_FILE}: {error}") from error

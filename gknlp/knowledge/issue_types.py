"""The labels of section five, read from ``issues.toml``: meaning, boundaries, cues and examples of each."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

from gknlp.errors import KnowledgeError
from gknlp.model import Record, Role
from gknlp.text.normalize import fold
from gknlp.text.trie import trie_pattern

NONE_STATED = "none_stated"
OTHER_ISSUE = "other_issue"
GENERIC = "generic"

_FILE = "issues.toml"
GAP = "\u2026"  # the ellipsis of a cue in two parts
_GAP_PATTERN = r"[^\u3002;!?\n]{0,12}?"
_ID = re.compile(r"[a-z][a-z0-9_]*")


class Exclusion(Record, frozen=True, kw_only=True):
    """What looks like a label's matter but belongs to ``label``."""

    what: str
    label: str


class CounterExample(Record, frozen=True, kw_only=True):
    """A passage that is easily given a label it has not; ``labels`` are its own."""

    text: str
    labels: tuple[str, ...]
    why: str


class IssueType(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One label. ``examples`` are problems (measures where ``applies_to`` says so), ``cues`` are folded."""

    id: str
    zh: str
    en: str
    definition: str
    include: tuple[str, ...]
    exclude: tuple[Exclusion, ...]
    cues: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[CounterExample, ...]
    neighbours: tuple[str, ...]
    measures: tuple[str, ...] = ()
    applies_to: Literal["both", "problem", "measure"] = "both"
    exclusive: bool = False

    def allows(self, role: Role) -> bool:
        """Return whether an item of this role may carry the label."""
        return self.applies_to in ("both", role)


class _File(Record, frozen=True, forbid_unknown_fields=True):
    issue: tuple[IssueType, ...]


def load_issue_types(extra: Path | None = None) -> tuple[IssueType, ...]:
    """Return the labels in the order of the taxonomy, then those of ``extra``, a file of the same form.

    An entry of ``extra`` with a known id takes the place of the shipped one.
    :class:`KnowledgeError` names the file and the key of a wrong entry.

    >>> [kind.id for kind in load_issue_types()][:3]
    ['awareness', 'coverage', 'timeliness']
    """
    shipped = _shipped()
    if extra is None:
        return shipped
    try:
        added = parse_issue_types(extra.read_text(encoding="utf-8"), name=str(extra))
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{extra}: {error}") from error
    kinds = tuple(({kind.id: kind for kind in shipped} | {kind.id: kind for kind in added}).values())
    _check_references(kinds, name=str(extra))
    return kinds


@lru_cache(maxsize=1)
def _shipped() -> tuple[IssueType, ...]:
    kinds = parse_issue_types((resources.files("gknlp.knowledge") / _FILE).read_text(encoding="utf-8"), name=_FILE)
    _check_references(kinds, name=_FILE)
    return kinds


def parse_issue_types(data: str, *, name: str) -> tuple[IssueType, ...]:
    """Read labels from TOML; ``name`` is used in errors."""
    try:
        kinds = msgspec.toml.decode(data, type=_File).issue
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise KnowledgeError(f"{name}: {error}") from error
    for kind_id, count in Counter(kind.id for kind in kinds).items():
        if count > 1:
            raise KnowledgeError(f"{name}: label {kind_id} is defined {count} times")
    for kind in kinds:
        if not _ID.fullmatch(kind.id):
            raise KnowledgeError(f"{name}: label {kind.id!r}: an id is made of small letters, digits and _")
        if not all(part for cue in kind.cues for part in cue.split(GAP)):
            raise KnowledgeError(f"{name}: label {kind.id}: an empty cue would match everywhere")
    return tuple(msgspec.structs.replace(kind, cues=tuple(map(fold, kind.cues))) for kind in kinds)


def _check_references(kinds: tuple[IssueType, ...], *, name: str) -> None:
    known = {kind.id for kind in kinds}
    for kind in kinds:
        named = {*kind.neighbours, *(exclusion.label for exclusion in kind.exclude)}
        named |= {label for example in kind.counter_examples for label in example.labels}
        if unknown := sorted(named - known):
            raise KnowledgeError(f"{name}: label {kind.id} refers to unknown labels: {', '.join(unknown)}")


@lru_cache(maxsize=256)
def cue_pattern(cues: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return the pattern of folded cues, ``None`` when there are none.

    >>> cue_pattern(("\u7406\u89e3\u2026\u4e0d\u591f",)).search("\u7406\u89e3\u6761\u4f8b\u8fd8\u4e0d\u591f").span()
    (0, 7)
    """
    words = [cue for cue in cues if GAP not in cue]
    parts = [_GAP_PATTERN.join(map(re.escape, cue.split(GAP))) for cue in cues if GAP in cue]
    parts += [trie_pattern(words)] if words else []
    return re.compile("|".join(parts)) if parts else None


def cue_labels(folded: str, role: Role, kinds: tuple[IssueType, ...]) -> tuple[str, ...]:
    """Return the ids of the labels that an item of ``role`` may carry and that have a cue in ``folded``."""
    found = []
    for kind in kinds:
        pattern = cue_pattern(kind.cues) if kind.allows(role) else None
        if pattern and pattern.search(folded):
            found.append(kind.id)
    return tuple(found)

"""Gold annotations: what a careful reader says a report holds (``STEM.gold.json``)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from gknlp.errors import UnreadableInput
from gknlp.model import Number, Record, Role

SUFFIX = ".gold.json"
UNKNOWN = "UNKNOWN"  # the value of a cell that cannot be known from the print

GoldCells = dict[str, Number | str | None]


class AlternativeValue(Record, frozen=True, kw_only=True):
    """Another value of a fact that is right, too."""

    value: Number | None


class GoldFact(Record, frozen=True, kw_only=True):
    """One fact. ``at`` is the place of its number (of its quote when no number is printed).

    A file whose line breaks a reader decides gives ``before`` and ``after`` instead: the neighbourhood of the number
    without white space. An ``optional`` fact is neither right nor wrong.
    """

    type: str
    value: Number | None = None
    qualifier: str | None = None
    quote: str = ""
    number: str = ""
    at: int | None = None
    before: str | None = None
    after: str = ""
    alt_types: tuple[str, ...] = ()
    alt_values: tuple[AlternativeValue, ...] = ()
    optional: bool = False

    @property
    def types(self) -> frozenset[str]:
        """All types that are right."""
        return frozenset((self.type, *self.alt_types))

    @property
    def values(self) -> tuple[Number | None, ...]:
        """All values that are right."""
        return (self.value, *(other.value for other in self.alt_values))


class GoldIssue(Record, frozen=True, kw_only=True):
    """One problem or measure; ``head`` and ``length`` place it where line breaks are a reader's choice."""

    role: Role
    labels: tuple[str, ...]
    alt_labels: tuple[str, ...] = ()
    quote: str = ""
    at: int | None = None
    head: str | None = None
    length: int = 0


class GoldCheck(Record, frozen=True, kw_only=True):
    """A rule that the report breaks."""

    rule: str


class GoldPass(Record, frozen=True, kw_only=True):
    """A rule about prose that holds, with its sides where they are numbers."""

    rule: str
    left: Number | str | None = None
    right: Number | str | None = None


class GoldMeta(Record, frozen=True, kw_only=True):
    """What the report says about itself; ``None`` where the annotator does not say."""

    year: int | None = None
    issuer: str | None = None
    form: str | None = None
    division_code: str | None = None


class Gold(Record, frozen=True, kw_only=True):
    """The annotations of one report; a part that was not annotated is ``None``.

    ``tables`` gives each table's cells by ``row/column``, ``None`` for a table that is not printed; ``original`` says
    what an :data:`UNKNOWN` cell may also be read as.
    """

    tables: dict[str, GoldCells | None] | None = None
    original: dict[str, Number | None] = msgspec.field(default_factory=dict)
    facts: tuple[GoldFact, ...] | None = None
    issues: tuple[GoldIssue, ...] | None = None
    checks: tuple[GoldCheck, ...] | None = None
    passes: tuple[GoldPass, ...] = ()
    meta: GoldMeta | None = None


def load_gold(folder: Path) -> dict[str, Gold]:
    """Return the gold of every report in ``folder`` by its stem, sorted.

    Raises:
        UnreadableInput: the folder has no gold, or a file is not in the shape above; the message names file and key.
    """
    files = sorted(folder.glob(f"*{SUFFIX}"))
    if not files:
        raise UnreadableInput(f"{folder} holds no *{SUFFIX}")
    return {path.name.removesuffix(SUFFIX): _read(path) for path in files}


def _read(path: Path) -> Gold:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Gold)
    except (OSError, msgspec.DecodeError) as error:
        raise UnreadableInput(f"{path}: {error}") from error


def place(gold: Gold, text: str) -> Gold:
    """Return ``gold`` with every fact and issue given its place in ``text``, -1 where it is not found."""
    squeezed = _Squeezed.of(text) if _is_anchored(gold) else _Squeezed("", ())
    facts = None if gold.facts is None else tuple(_place_fact(fact, text, squeezed) for fact in gold.facts)
    issues = None if gold.issues is None else tuple(_place_issue(issue, text, squeezed) for issue in gold.issues)
    return msgspec.structs.replace(gold, facts=facts, issues=issues)


class _Squeezed(NamedTuple):
    """A text without white space, and where each of its characters stood."""

    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> _Squeezed:
        places = tuple(index for index, char in enumerate(text) if not char.isspace())
        return cls("".join(text[index] for index in places), places)

    def span(self, pattern: str, skip: int, length: int) -> tuple[int, int] | None:
        """Return where the ``length`` characters after the first ``skip`` of ``pattern`` stand in the whole text."""
        found = self.text.find(pattern)
        if found < 0:
            return None
        first = found + skip
        last = min(max(first, first + length - 1), len(self.places) - 1)
        return self.places[first], self.places[last] + 1


def _is_anchored(gold: Gold) -> bool:
    facts = any(fact.at is None and fact.before is not None for fact in gold.facts or ())
    return facts or any(issue.at is None and issue.head is not None for issue in gold.issues or ())


def _place_fact(fact: GoldFact, text: str, squeezed: _Squeezed) -> GoldFact:
    if fact.at is not None:
        return fact
    if fact.before is None:
        found = text.find(fact.quote)
        inside = fact.quote.find(fact.number) if found >= 0 and fact.number else 0
        return msgspec.structs.replace(fact, at=found + inside)
    pattern = fact.before + fact.number + fact.after
    span = squeezed.span(pattern, len(fact.before), len(fact.number))
    quote = pattern if span is None else text[slice(*span)] if fact.number else fact.before + fact.after
    return msgspec.structs.replace(fact, at=-1 if span is None else span[0], quote=quote)


def _place_issue(issue: GoldIssue, text: str, squeezed: _Squeezed) -> GoldIssue:
    if issue.at is not None:
        return issue
    if issue.head is None:
        return msgspec.structs.replace(issue, at=text.find(issue.quote))
    span = squeezed.span(issue.head, 0, issue.length)
    if span is None:
        return msgspec.structs.replace(issue, at=-1, quote=issue.head)
    return msgspec.structs.replace(issue, at=span[0], quote=text[slice(*span)])

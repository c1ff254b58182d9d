"""The prose of a report as its checks see it, and the records that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gknlp.checks.site import HOLDS
from gknlp.knowledge.rules import Rule
from gknlp.model import Cause, Check, Fact, Number, Status, TableId

_QUOTED = 40  # characters of a statement that a message quotes
_STRETCH = 80  # characters before a per cent sign in which a statement about it begins
SENTENCE_END = "。"  # what facts are told together is told within one sentence


class Prose(NamedTuple):
    """The text of a report (``folded`` is what patterns run on), its facts in the order of the text, and its year."""

    text: str
    folded: str
    facts: tuple[Fact, ...]
    year: int | None


class Told(NamedTuple):
    """The prose with its facts by type and by id, and the stretch before each per cent sign up to and with the sign."""

    prose: Prose
    by_type: Mapping[str, Sequence[Fact]]
    by_id: Mapping[str, Fact]
    percents: Sequence[tuple[int, int]]

    def sentence(self, start: int, end: int) -> bool:
        """Tell whether no sentence ends between two places."""
        return self.prose.folded.find(SENTENCE_END, start, end) < 0


def index_facts(prose: Prose) -> Told:
    """Return ``prose`` with what the rules look up in it."""
    by_type: dict[str, list[Fact]] = {}
    for fact in prose.facts:
        by_type.setdefault(fact.type, []).append(fact)
    return Told(prose, by_type, {fact.id: fact for fact in prose.facts}, _percents(prose.folded))


def _percents(folded: str) -> list[tuple[int, int]]:
    """Return where what is told in per cent may stand: few places, so that no pattern runs over the whole text."""
    stretches: list[tuple[int, int]] = []
    end = 0
    while (sign := folded.find("%", end)) >= 0:
        stretches.append((max(end, sign - _STRETCH), sign + 1))
        end = sign + 1
    return stretches


class Sides(NamedTuple):
    """What a check compared: the two sides, the cells and the facts, and where it says more about the place."""

    left: Number | None = None
    right: Number | None = None
    facts: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    where: Mapping[str, str] = {}
    table: TableId | None = None


def check_of(rule: Rule, status: Status, message: str, sides: Sides, cause: Cause | None = None) -> Check:
    """Return the record of one rule at one place of the prose."""
    return Check(
        rule=rule.id,
        severity=rule.severity,
        status=status,
        table=sides.table,
        where=dict(sides.where),
        left=sides.left,
        right=sides.right,
        message=message,
        cells=sides.cells,
        facts=sides.facts,
        cause=cause,
    )


def passed(rule: Rule, sides: Sides) -> Check:
    """Return the record of a rule that holds."""
    return check_of(rule, "pass", HOLDS, sides)


def quote(text: str) -> str:
    """Return a statement as a message quotes it: on one line, a long one cut."""
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else line[:_QUOTED] + "…"


def fits_attributes(fact: Fact, wanted: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether every attribute that is wanted has one of the values that are."""
    return not wanted or all(fact.attributes.get(name) in values for name, values in wanted.items())

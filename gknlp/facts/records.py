"""From a number and its rule to a fact: extent, period, scope, value."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from gknlp.facts.attributes import find_scope
from gknlp.facts.clauses import Statement
from gknlp.facts.periods import SentencePeriods
from gknlp.facts.surroundings import union_of
from gknlp.facts.view import Sentence, Words, hits_of
from gknlp.facts.zeros import Zero
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.model import Fact, Period, Record
from gknlp.text.numbers import Quantity

_TAIL = 14  # characters behind a number that still belong to its statement


class Stretch(Record, frozen=True):
    """One stretch of prose: what to read, and the section and year it belongs to."""

    text: str
    folded: str
    start: int
    end: int
    section: str
    year: int | None


class FactMaker:
    """Makes the facts of one sentence; ids and links come later."""

    def __init__(self, stretch: Stretch, sentence: Sentence, knowledge: FactKnowledge) -> None:
        self._stretch = stretch
        self._sentence = sentence
        self._periods = SentencePeriods(sentence, stretch.year, knowledge)
        self._knowledge = knowledge
        wanted = knowledge.bits["scope.area"] | knowledge.bits["actor.subordinate"] | knowledge.bits["scope.own"]
        hits = sentence.hits if sentence.bits & wanted else ()
        self._scopes = [(hit[0], hit[2] & wanted) for hit in hits if hit[2] & wanted]

    def count(self, index: int, type_id: str, rule: str, unit: str, near_bits: int, attributes: dict[str, str]) -> Fact:
        """Return the fact of statement ``index``; ``near_bits`` are the classes of the words around its number."""
        statement = self._sentence.statements[index]
        start, end = self._extent(statement, self._sentence.words[index])
        at = statement.quantity.start
        return replace(
            _numbered(statement.quantity, self._stretch.section),
            type=type_id,
            unit=unit,
            period=self._periods.period(at, near_bits, self._knowledge.types[type_id].stock),
            scope=find_scope(near_bits | self._scope_before(statement), self._knowledge),
            attributes=attributes,
            start=start,
            end=end,
            text=self._stretch.text[start:end],
            rule=rule,
        )

    def zero(self, zero: Zero) -> Fact:
        """Return the fact of a zero by negation."""
        bits = union_of(hits_of(self._sentence, (zero.clause, zero.end)))
        return replace(
            _blank(self._stretch.section),
            type=zero.rule.type_id,
            polarity="zero_by_negation",
            period=self._periods.period(zero.start, bits, stock=False),
            scope=find_scope(bits, self._knowledge),
            attributes=dict(zero.rule.attributes),
            start=zero.start,
            end=zero.end,
            text=self._stretch.text[zero.start : zero.end],
            rule=zero.rule.id,
        )

    def _scope_before(self, statement: Statement) -> int:
        """Scope words that stand before the number in its sentence, the nearest only."""
        for start, bits in reversed(self._scopes):
            if start < statement.own[0]:
                return bits
        return 0

    def _extent(self, statement: Statement, words: Words) -> tuple[int, int]:
        """The statement in the text: its own clause (with the lead when that says nothing) and the noun behind."""
        first = statement.own[0]
        if not words.own_bits & (self._knowledge.nouns | self._knowledge.verbs):
            first = min(first, statement.lead[0])
        folded = self._sentence.folded
        while first < statement.quantity.start and folded[first].isspace():
            first += 1
        tail = folded[statement.right[0] : statement.right[1]].rstrip()
        end = statement.quantity.end
        return first, end + len(tail) if len(tail) <= _TAIL else end


def _numbered(quantity: Quantity, section: str) -> Fact:
    """A fact that says no more than its number."""
    # A call with more than fourteen names is several times slower, so a fact is made in two steps.
    printed = quantity.kind != "missing"
    return replace(
        _blank(section),
        value=quantity.value,
        lower=quantity.lower,
        upper=quantity.upper,
        qualifier=quantity.qualifier,
        polarity="ordinal" if quantity.kind == "ordinal" else "count",
        value_start=quantity.value_start if printed else None,
        value_end=quantity.value_end if printed else None,
    )


@lru_cache(maxsize=64)
def _blank(section: str) -> Fact:
    """A zero of the section of which nothing else is known."""
    return Fact(
        id="",
        type="",
        value=0,
        lower=0,
        upper=0,
        unit="",
        qualifier="exact",
        polarity="count",
        period=Period(kind="full_year", start=None, end=None),
        scope="own",
        attributes={},
        part_of=None,
        part_role="none",
        section=section,
        start=0,
        end=0,
        text="",
        value_start=None,
        value_end=None,
        rule="",
    )

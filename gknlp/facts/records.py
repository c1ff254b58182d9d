"""From a number and its rule to a fact: extent, period, scope, value."""

from __future__ import annotations

from typing import NamedTuple

from gknlp.facts.attributes import find_scope
from gknlp.facts.clauses import Statement
from gknlp.facts.periods import SentencePeriods
from gknlp.facts.surroundings import union_of
from gknlp.facts.view import Sentence, Words, hits_of
from gknlp.facts.zeros import Zero
from gknlp.knowledge.fact_types import FactKnowledge
from gknlp.model import Fact

_TAIL = 14  # characters behind a number that still belong to its statement


class Stretch(NamedTuple):
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
        quantity = statement.quantity
        start, end = self._extent(statement, self._sentence.words[index])
        printed = quantity.kind != "missing"
        return Fact(
            id="",
            type=type_id,
            value=quantity.value,
            lower=quantity.lower,
            upper=quantity.upper,
            unit=unit,
            qualifier=quantity.qualifier,
            polarity="ordinal" if quantity.kind == "ordinal" else "count",
            period=self._periods.period(quantity.start, near_bits, self._knowledge.types[type_id].stock),
            scope=find_scope(near_bits | self._scope_before(statement), self._knowledge),
            attributes=attributes,
            part_of=None,
            part_role="none",
            section=self._stretch.section,
            start=start,
            end=end,
            text=self._stretch.text[start:end],
            value_start=quantity.value_start if printed else None,
            value_end=quantity.value_end if printed else None,
            rule=rule,
        )

    def zero(self, zero: Zero) -> Fact:
        """Return the fact of a zero by negation."""
        bits = union_of(hits_of(self._sentence, (zero.clause, zero.end)))
        return Fact(
            id="",
            type=zero.rule.type_id,
            value=0,
            lower=0,
            upper=0,
            unit="",
            qualifier="exact",
            polarity="zero_by_negation",
            period=self._periods.period(zero.start, bits, stock=False),
            scope=find_scope(bits, self._knowledge),
            attributes={name: value for name, value in zero.rule.attributes if value[:1] not in "@="},
            part_of=None,
            part_role="none",
            section=self._stretch.section,
            start=zero.start,
            end=zero.end,
            text=self._stretch.text[zero.start : zero.end],
            value_start=None,
            value_end=None,
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
        before = folded[first : statement.quantity.start]
        start = first + len(before) - len(before.lstrip())
        tail = folded[statement.right[0] : statement.right[1]].rstrip()
        end = statement.quantity.end
        return start, end + len(tail) if len(tail) <= _TAIL else end
